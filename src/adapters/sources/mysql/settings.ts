import { certificates, oneOf, secretText, serverUrl, setting, text, type SettingValues } from '../../setting.ts'

/** Address and login of the TCS database. */
export const MYSQL_SETTINGS = {
  mysqlUrl: setting({
    variable: 'REVAL_MYSQL_URL',
    schema: serverUrl(['mysql'], 'mysql://tcs.example:3306/tcs'),
    description: 'MySQL or MariaDB URL of TCS with the database as its path',
    needed: true,
  }),
  mysqlUser: setting({
    variable: 'REVAL_MYSQL_USER',
    schema: text(),
    description: 'MySQL user; needs read access only',
    needed: true,
  }),
  mysqlPassword: setting({
    variable: 'REVAL_MYSQL_PASSWORD',
    schema: secretText(),
    description: 'MySQL password',
    secret: true,
  }),
  mysqlTls: setting({
    variable: 'REVAL_MYSQL_TLS',
    schema: oneOf(['off', 'verify']),
    fallback: 'off',
    description: 'verify: encrypt the connection to MySQL and verify its certificate',
  }),
  mysqlCa: setting({
    variable: 'REVAL_MYSQL_CA',
    schema: certificates(),
    description: "PEM file of the CAs trusted for MySQL, instead of the system's",
  }),
} as const

export type MysqlSettings = SettingValues<typeof MYSQL_SETTINGS>
