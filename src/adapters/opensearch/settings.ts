import { z } from 'zod'
import {
  certificates,
  secretText,
  serverUrl,
  setting,
  text,
  wholeNumber,
  yesOrNo,
  type SettingValues,
} from '../setting.ts'

/** Begins the name of every index and alias; what engines allow in a name. */
function namePrefix(): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .refine((name) => /^([a-z0-9][a-z0-9_-]{0,40})?$/.test(name), 'must be of lower-case letters, digits, - and _')
}

/** Where the search engine is (OpenSearch, or Elasticsearch 7), who we are to it, and how it is written. */
export const SEARCH_SETTINGS = {
  searchUrl: setting({
    variable: 'REVAL_SEARCH_URL',
    schema: serverUrl(['http', 'https'], 'https://search.example:9200'),
    fallback: '',
    unit: null,
    description: 'search engine that holds the five indexes and the ledger; https:// for TLS',
    needed: true,
  }),
  searchUser: setting({
    variable: 'REVAL_SEARCH_USER',
    schema: text(),
    fallback: '',
    unit: null,
    description: 'user at the search engine; not set, nobody logs in',
  }),
  searchPassword: setting({
    variable: 'REVAL_SEARCH_PASSWORD',
    schema: secretText(),
    fallback: '',
    unit: null,
    description: 'password at the search engine',
    secret: true,
  }),
  searchCa: setting({
    variable: 'REVAL_SEARCH_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the authorities of the engine's certificate, in place of the machine's",
  }),
  searchPrefix: setting({
    variable: 'REVAL_SEARCH_PREFIX',
    schema: namePrefix(),
    fallback: '',
    unit: null,
    description: 'begins the names of all indexes, where installations share an engine',
  }),
  searchShards: setting({
    variable: 'REVAL_SEARCH_SHARDS',
    schema: wholeNumber(1, 64),
    fallback: '1',
    unit: 'shards',
    description: 'primary shards of a generation; one serves a million doctors',
  }),
  searchReplicas: setting({
    variable: 'REVAL_SEARCH_REPLICAS',
    schema: wholeNumber(0, 16),
    fallback: '1',
    unit: 'replicas',
    description: 'copies of each shard of a generation, from its promotion on',
  }),
  searchBulkRows: setting({
    variable: 'REVAL_SEARCH_BULK_ROWS',
    schema: wholeNumber(1, 20_000),
    fallback: '2500',
    unit: 'rows',
    description: 'most rows in one bulk request',
  }),
  searchBulkBytes: setting({
    variable: 'REVAL_SEARCH_BULK_BYTES',
    schema: wholeNumber(100_000, 100_000_000),
    fallback: '8000000',
    unit: 'bytes',
    description: 'longest bulk request',
  }),
  searchBulks: setting({
    variable: 'REVAL_SEARCH_BULKS',
    schema: wholeNumber(1, 32),
    fallback: '2',
    unit: 'requests',
    description: 'bulk requests that are under way at a time',
  }),
  searchReplaceIndexes: setting({
    variable: 'REVAL_SEARCH_REPLACE_INDEXES',
    schema: yesOrNo(),
    fallback: 'no',
    unit: null,
    description: 'whether a promotion may remove indexes that have the five names; they are gone then',
  }),
} as const

export type SearchSettings = SettingValues<typeof SEARCH_SETTINGS>
