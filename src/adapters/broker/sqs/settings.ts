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

/** Where SQS is, who we are to it, and the limits of its region or stack. */
export const SQS_SETTINGS = {
  sqsEndpoint: setting({
    variable: 'REVAL_SQS_ENDPOINT',
    schema: serverUrl(['http', 'https'], 'http://127.0.0.1:9324'),
    fallback: '',
    unit: null,
    description: 'SQS of another stack than AWS; not set, it is that of AWS in the region',
  }),
  sqsRegion: setting({
    variable: 'REVAL_SQS_REGION',
    schema: text(),
    fallback: 'eu-west-2',
    unit: null,
    description: 'region of SQS',
  }),
  sqsAccessKeyId: setting({
    variable: 'REVAL_SQS_ACCESS_KEY_ID',
    schema: text(),
    fallback: '',
    unit: null,
    description: "access key of SQS; not set, AWS's own ways of finding credentials count",
  }),
  sqsSecretAccessKey: setting({
    variable: 'REVAL_SQS_SECRET_ACCESS_KEY',
    schema: secretText(),
    fallback: '',
    unit: null,
    description: 'secret of the access key of SQS',
    secret: true,
  }),
  sqsCa: setting({
    variable: 'REVAL_SQS_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the authorities of the endpoint's certificate, in place of the machine's",
  }),
  sqsBatchBytes: setting({
    variable: 'REVAL_SQS_BATCH_BYTES',
    schema: wholeNumber(10_000, 1_048_576),
    fallback: '262144',
    unit: 'bytes',
    description: 'longest message or batch that the region or stack takes: 262144 or 1048576',
  }),
  sqsVisibilityMs: setting({
    variable: 'REVAL_SQS_VISIBILITY_SECONDS',
    schema: seconds(2, 43_200),
    fallback: '60',
    unit: 'seconds',
    description: 'after how long a message comes again whose receiver died; extended while one works',
  }),
  sqsWaitMs: setting({
    variable: 'REVAL_SQS_WAIT_SECONDS',
    schema: seconds(1, 20),
    fallback: '5',
    unit: 'seconds',
    description: 'how long a request for messages waits for one; stopping a service waits as long',
  }),
} as const

export type SqsSettings = SettingValues<typeof SQS_SETTINGS>
