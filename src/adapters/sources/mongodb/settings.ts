import { certificates, oneOf, secretText, serverUrl, setting, text, type SettingValues } from '../../setting.ts'

/** Address and login of the MongoDB with the GMC data, and which of its members to read from. */
export const MONGODB_SETTINGS = {
  mongodbUrl: setting({
    variable: 'REVAL_MONGODB_URL',
    schema: serverUrl(['mongodb', 'mongodb+srv'], 'mongodb://one.example:27017,two.example:27017/reval'),
    description: 'MongoDB URL of the GMC data with the database as its path; separate several hosts with commas',
    needed: true,
  }),
  mongodbUser: setting({
    variable: 'REVAL_MONGODB_USER',
    schema: text(),
    description: 'MongoDB user; needs read access only; if not set, no login',
  }),
  mongodbPassword: setting({
    variable: 'REVAL_MONGODB_PASSWORD',
    schema: secretText(),
    description: 'MongoDB password',
    secret: true,
  }),
  mongodbAuthSource: setting({
    variable: 'REVAL_MONGODB_AUTH_SOURCE',
    schema: text(),
    fallback: 'admin',
    description: 'authentication database of the MongoDB user',
  }),
  mongodbTls: setting({
    variable: 'REVAL_MONGODB_TLS',
    schema: oneOf(['off', 'verify']),
    fallback: 'off',
    description: 'verify: encrypt the connection to MongoDB and verify its certificate',
  }),
  mongodbCa: setting({
    variable: 'REVAL_MONGODB_CA',
    schema: certificates(),
    description: "PEM file of the CAs trusted for MongoDB, instead of the system's",
  }),
  mongodbRead: setting({
    variable: 'REVAL_MONGODB_READ',
    schema: oneOf(['primary', 'replica']),
    fallback: 'primary',
    description: 'where to read from: the primary, or a replica if available, to reduce load on the primary',
  }),
} as const

export type MongodbSettings = SettingValues<typeof MONGODB_SETTINGS>
