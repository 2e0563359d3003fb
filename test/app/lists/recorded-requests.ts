/** Two bodies whose rows the sample has in every list. */
export const NORTH_EAST = '1-1RSSQ1B'
export const WESSEX = '1-1RUZUSF'

const D = `${NORTH_EAST},${WESSEX}`
const SORTED = 'sortColumn=gmcReferenceNumber&sortOrder=asc&pageNumber=0'
const NO_FILTERS =
  'programmeName=&membershipEndDateFrom=&membershipEndDateTo=&submissionDateFrom=&submissionDateTo=&lastConnectionDateTimeFrom=&lastConnectionDateTimeTo=&updatedBy='

export interface RecordedRequest {
  readonly path: string
  /** Whether the sample has rows for it. */
  readonly finds: boolean
}

const finds = (path: string): RecordedRequest => ({ path, finds: true })
const findsNone = (path: string): RecordedRequest => ({ path, finds: false })

/** What the admins' clients of 2022 and of today were recorded sending, with bodies of the sample. */
export const RECORDED_REQUESTS: readonly RecordedRequest[] = [
  finds(`/api/v1/doctors?sortColumn=submissionDate&sortOrder=asc&pageNumber=0&underNotice=true&dbcs=${D}`),
  findsNone(
    `/api/v1/doctors?sortColumn=submissionDate&sortOrder=asc&pageNumber=0&searchQuery=O%27Neil%20%26%20co/2,x:(a)+%C3%A9&underNotice=false&dbcs=${D}`,
  ),
  finds(`/api/v1/doctors?sortColumn=doctorLastName&sortOrder=desc&pageNumber=0&searchQuery=%22smi%22&dbcs=${D}`),
  finds(`/api/v1/doctors?sortColumn=submissionDate&sortOrder=asc&pageNumber=1&underNotice=false&dbcs=${D}`),
  findsNone('/api/v1/doctors?sortColumn=submissionDate&sortOrder=asc&pageNumber=0&underNotice=false&dbcs='),
  finds(`/api/connection?${SORTED}&filter=all&dbcs=${D}`),
  finds(`/api/connection/connected?${SORTED}&filter=currentConnections&dbcs=${D}`),
  finds(`/api/connection/disconnected?${SORTED}&filter=historicConnections&dbcs=${D}`),
  finds(`/api/connection/exception?${SORTED}&filter=discrepancies&dbcs=${D}`),
  findsNone(`/api/connection/hidden?${SORTED}&filter=hidden&dbcs=${D}`),
  finds(`/api/connection/connected?${SORTED}&searchQuery=O%2527Bri&filter=currentConnections&dbcs=${D}`),
  finds(
    `/api/v1/doctors?sortColumn=gmcOutcome&sortOrder=desc&pageNumber=0&underNotice=true&dbcs=${D}&programmeName=&gmcStatus=Approved,Under%20Review&tisStatus=DRAFT,STARTED&admin=a.n.other@example.nhs.uk`,
  ),
  finds(`/api/v1/doctors/autocomplete?fieldName=programmeName&input=Clinical&dbcs=${D}`),
  finds(`/api/v1/doctors/autocomplete?fieldName=admin&input=&dbcs=${D}`),
  finds(`/api/connection/connected?${SORTED}&filter=currentConnections&${NO_FILTERS}&dbcs=${D}`),
  finds(
    `/api/connection/connected?sortColumn=lastConnectionDateTime&sortOrder=desc&pageNumber=0&filter=currentConnections&programmeName=&membershipEndDateFrom=&membershipEndDateTo=&submissionDateFrom=2025-09-01&submissionDateTo=&lastConnectionDateTimeFrom=&lastConnectionDateTimeTo=&updatedBy=&dbcs=${D}`,
  ),
  finds(
    `/api/connection/discrepancies?${SORTED}&filter=discrepancies&${NO_FILTERS}&dbcs=${D}&tisDesignatedBodies=${D}`,
  ),
  findsNone(`/api/connection/discrepancies/hidden?${SORTED}&filter=discrepancies&dbcs=${D}&tisDesignatedBodies=${D}`),
  findsNone('/api/connection/exceptionLog/today?admin=ada@example.nhs.uk'),
  finds('/api/reference/dbcs'),
  findsNone('/api/admins'),
]
