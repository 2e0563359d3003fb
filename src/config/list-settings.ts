import { oneOf, seconds, serverUrl, setting } from '../adapters/setting.ts'
import { admins } from './admins-file.ts'

/** The settings of the lists that the admins' clients read. */
export const LIST_SETTINGS = {
  listsAs: setting({
    variable: 'REVAL_LISTS',
    schema: oneOf(['views', 'tables']),
    fallback: 'views',
    description: 'how a run builds the four lists: as views of the master index, or as tables of their own',
  }),
  disconnectedVisible: setting({
    variable: 'REVAL_DISCONNECTED_VISIBLE',
    schema: oneOf(['everybody', 'programme-body']),
    fallback: 'everybody',
    description: "who sees doctors without a designated body; programme-body: only the body of their programme's owner",
  }),
  admins: setting({
    variable: 'REVAL_ADMINS',
    schema: admins(),
    description: 'JSON file of the admins that GET /api/admins lists; if not set, it lists none',
  }),
  recommendationUrl: setting({
    variable: 'REVAL_RECOMMENDATION_URL',
    schema: serverUrl(['http', 'https'], 'http://127.0.0.1:8090'),
    description: 'service that integration asks for the doctors list; if not set, it reads the list itself',
  }),
  connectionUrl: setting({
    variable: 'REVAL_CONNECTION_URL',
    schema: serverUrl(['http', 'https'], 'http://127.0.0.1:8091'),
    description: 'service that integration asks for the connection lists; if not set, it reads them itself',
  }),
  listServiceTimeoutMs: setting({
    variable: 'REVAL_LIST_SERVICE_TIMEOUT_SECONDS',
    schema: seconds(1, 300),
    fallback: '10',
    unit: 'seconds',
    description: 'how long integration waits for a list from another service',
  }),
}
