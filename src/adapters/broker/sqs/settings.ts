import {
  certificates,
  secretText,
  seconds,
  serverUrl,
  setting,
  text,
  wholeNumber,
  type SettingValues,
} from '../../setting.ts'

/** Where SQS is, the keys for it, and its limits. */
export const SQS_SETTINGS = {
  sqsEndpoint: setting({
    variable: 'REVAL_SQS_ENDPOINT',
    schema: serverUrl(['http', 'https'], 'http://127.0.0.1:9324'),
    fallback: '',
    unit: null,
    description: 'endpoint of an SQS-compatible server; if not set, AWS in the region',
  }),
  sqsRegion: setting({
    variable: 'REVAL_SQS_REGION',
    schema: text(),
    fallback: 'eu-west-2',
    unit: null,
    description: 'AWS region of SQS',
  }),
  sqsAccessKeyId: setting({
    variable: 'REVAL_SQS_ACCESS_KEY_ID',
    schema: text(),
    fallback: '',
    unit: null,
    description: 'SQS access key; if not set, the default AWS credential chain is used',
  }),
  sqsSecretAccessKey: setting({
    variable: 'REVAL_SQS_SECRET_ACCESS_KEY',
    schema: secretText(),
    fallback: '',
    unit: null,
    description: 'SQS secret access key',
    secret: true,
  }),
  sqsCa: setting({
    variable: 'REVAL_SQS_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the CAs trusted for SQS, instead of the system's",
  }),
  sqsMaxMessageBytes: setting({
    variable: 'REVAL_SQS_MAX_MESSAGE_BYTES',
    schema: wholeNumber(10_000, 1_048_576),
    fallback: '262144',
    unit: 'bytes',
    description: 'maximum message size the server accepts, attributes included: 262144 or 1048576',
  }),
  sqsVisibilityMs: setting({
    variable: 'REVAL_SQS_VISIBILITY_SECONDS',
    schema: seconds(2, 43_200),
    fallback: '60',
    unit: 'seconds',
    description: 'visibility timeout until the message of a dead receiver is redelivered; extended during processing',
  }),
  sqsWaitMs: setting({
    variable: 'REVAL_SQS_WAIT_SECONDS',
    schema: seconds(1, 20),
    fallback: '5',
    unit: 'seconds',
    description: 'long-poll wait; stopping a service takes up to as long',
  }),
} as const

export type SqsSettings = SettingValues<typeof SQS_SETTINGS>
