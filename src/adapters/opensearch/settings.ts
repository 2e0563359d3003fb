import { z } from 'zod'
import { certificates, secretText, serverUrl, setting, text, wholeNumber, type SettingValues } from '../setting.ts'

/** The prefix of every index and alias name; as engines allow it. */
function namePrefix(): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .refine((name) => /^([a-z0-9][a-z0-9_-]{0,40})?$/.test(name), 'must consist of lower-case letters, digits, - and _')
}

/** Address and login of the search engine (OpenSearch, or Elasticsearch 7), and limits of writing. */
export const SEARCH_SETTINGS = {
  searchUrl: setting({
    variable: 'REVAL_SEARCH_URL',
    schema: serverUrl(['http', 'https'], 'https://search.example:9200'),
    description: 'URL of the search engine that holds the five indexes and the ledger; https:// for TLS',
    needed: true,
  }),
  searchUser: setting({
    variable: 'REVAL_SEARCH_USER',
    schema: text(),
    description: 'search engine user; if not set, no login',
  }),
  searchPassword: setting({
    variable: 'REVAL_SEARCH_PASSWORD',
    schema: secretText(),
    description: 'search engine password',
    secret: true,
  }),
  searchCa: setting({
    variable: 'REVAL_SEARCH_CA',
    schema: certificates(),
    description: "PEM file of the CAs trusted for the search engine, instead of the system's",
  }),
  searchPrefix: setting({
    variable: 'REVAL_SEARCH_PREFIX',
    schema: namePrefix(),
    description: 'prefix of all index names, for installations that share an engine',
  }),
  searchShards: setting({
    variable: 'REVAL_SEARCH_SHARDS',
    schema: wholeNumber(1, 64),
    fallback: '1',
    unit: 'shards',
    description: 'primary shards per generation; one serves a million doctors',
  }),
  searchReplicas: setting({
    variable: 'REVAL_SEARCH_REPLICAS',
    schema: wholeNumber(0, 16),
    fallback: '1',
    unit: 'replicas',
    description: 'replicas per shard of a generation, once it is promoted',
  }),
  searchBulkRows: setting({
    variable: 'REVAL_SEARCH_BULK_ROWS',
    schema: wholeNumber(1, 20_000),
    fallback: '2500',
    unit: 'rows',
    description: 'maximum rows per bulk request',
  }),
  searchBulkBytes: setting({
    variable: 'REVAL_SEARCH_BULK_BYTES',
    schema: wholeNumber(100_000, 100_000_000),
    fallback: '8000000',
    unit: 'bytes',
    description: 'maximum size of a bulk request',
  }),
  searchBulks: setting({
    variable: 'REVAL_SEARCH_BULKS',
    schema: wholeNumber(1, 32),
    fallback: '2',
    unit: 'requests',
    description: 'concurrent bulk requests',
  }),
} as const

export type SearchSettings = SettingValues<typeof SEARCH_SETTINGS>
