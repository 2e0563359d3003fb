import { certificates, oneOf, secretText, serverUrl, setting, text, type SettingValues } from '../../setting.ts'

/** Where the MongoDB of the GMC's data is, who we are to it, and from which of its members is read. */
export const MONGODB_SETTINGS = {
  mongodbUrl: setting({
    variable: 'REVAL_MONGODB_URL',
    schema: serverUrl(['mongodb', 'mongodb+srv'], 'mongodb://one.example:27017,two.example:27017/reval'),
    fallback: '',
    unit: null,
    description: "MongoDB of the GMC's data, its database as the path; several hosts with commas between",
    needed: true,
  }),
  mongodbUser: setting({
    variable: 'REVAL_MONGODB_USER',
    schema: text(),
    fallback: '',
    unit: null,
    description: 'user at MongoDB; reading is all it needs; not set, nobody logs in',
  }),
  mongodbPassword: setting({
    variable: 'REVAL_MONGODB_PASSWORD',
    schema: secretText(),
    fallback: '',
    unit: null,
    description: 'password at MongoDB',
    secret: true,
  }),
  mongodbAuthSource: setting({
    variable: 'REVAL_MONGODB_AUTH_SOURCE',
    schema: text(),
    fallback: 'admin',
    unit: null,
    description: 'database that knows the user of MongoDB',
  }),
  mongodbTls: setting({
    variable: 'REVAL_MONGODB_TLS',
    schema: oneOf(['off', 'verify']),
    fallback: 'off',
    unit: null,
    description: 'whether the connection to MongoDB is encrypted and its certificate checked',
  }),
  mongodbCa: setting({
    variable: 'REVAL_MONGODB_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the authorities of MongoDB's certificate, in place of the machine's",
  }),
  mongodbRead: setting({
    variable: 'REVAL_MONGODB_READ',
    schema: oneOf(['primary', 'replica']),
    fallback: 'primary',
    unit: null,
    description: 'member that is read: the primary, or a replica where there is one, which spares the primary',
  }),
} as const

export type MongodbSettings = SettingValues<typeof MONGODB_SETTINGS>
