/**
 * Where the servers of the tests are, read from the environment as the settings are. A server that is not named is
 * none to do without: what needs it fails, and says what starts it.
 */
export const servers = {
  get rabbitmq() {
    const url = needed('REVAL_RABBITMQ_URL')
    return { url, user: named('REVAL_RABBITMQ_USER'), password: named('REVAL_RABBITMQ_PASSWORD') }
  },
  get sqs() {
    return {
      endpoint: needed('REVAL_SQS_ENDPOINT'),
      region: named('REVAL_SQS_REGION'),
      accessKeyId: named('REVAL_SQS_ACCESS_KEY_ID'),
      secretAccessKey: named('REVAL_SQS_SECRET_ACCESS_KEY'),
    }
  },
  get mysql() {
    const url = needed('REVAL_MYSQL_URL')
    return { url, user: named('REVAL_MYSQL_USER'), password: named('REVAL_MYSQL_PASSWORD') }
  },
  get mongodb() {
    const url = needed('REVAL_MONGODB_URL')
    return { url, user: named('REVAL_MONGODB_USER'), password: named('REVAL_MONGODB_PASSWORD') }
  },
  get search() {
    const url = needed('REVAL_SEARCH_URL')
    return { url, user: named('REVAL_SEARCH_USER'), password: named('REVAL_SEARCH_PASSWORD') }
  },
  get toxiproxy() {
    return { url: needed('STACK_TOXIPROXY_URL') }
  },
} as const

function named(variable: string): string {
  return process.env[variable] ?? ''
}

function needed(variable: string): string {
  const value = named(variable)
  if (value === '') throw new Error(`${variable} is not set: run stack/up, then . stack/env`)
  return value
}
