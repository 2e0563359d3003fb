import { certificates, oneOf, secretText, serverUrl, setting, text, type SettingValues } from '../../setting.ts'

/** Where the database of TCS is, and who we are to it. */
export const MYSQL_SETTINGS = {
  mysqlUrl: setting({
    variable: 'REVAL_MYSQL_URL',
    schema: serverUrl(['mysql'], 'mysql://tcs.example:3306/tcs'),
    fallback: '',
    unit: null,
    description: 'MySQL or MariaDB of TCS, with its database as the path',
    needed: true,
  }),
  mysqlUser: setting({
    variable: 'REVAL_MYSQL_USER',
    schema: text(),
    fallback: '',
    unit: null,
    description: 'user at MySQL; reading is all it needs',
    needed: true,
  }),
  mysqlPassword: setting({
    variable: 'REVAL_MYSQL_PASSWORD',
    schema: secretText(),
    fallback: '',
    unit: null,
    description: 'password at MySQL',
    secret: true,
  }),
  mysqlTls: setting({
    variable: 'REVAL_MYSQL_TLS',
    schema: oneOf(['off', 'verify']),
    fallback: 'off',
    unit: null,
    description: 'whether the connection to MySQL is encrypted and its certificate checked',
  }),
  mysqlCa: setting({
    variable: 'REVAL_MYSQL_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the authorities of MySQL's certificate, in place of the machine's",
  }),
} as const

export type MysqlSettings = SettingValues<typeof MYSQL_SETTINGS>
