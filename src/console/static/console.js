import { initAll } from './nhsuk-frontend.min.js'

/** What a region showed when it was last sent: components change their HTML. */
const shown = new WeakMap()
const regions = () => document.querySelectorAll('[data-region]')
for (const region of regions()) shown.set(region, region.innerHTML)

initAll()

// Live updates: see src/console/live/README.md. Everything on a page works without them.
const PAUSED = 'reval-paused'
/** A gateway that buffers the stream lets nothing through for longer than this. */
const SILENT_MS = 5_000
const POLL_MS = 10_000
/** How often it is fetched before a stream is tried again. */
const POLLS = 6
/** When to try again after the server refused a stream. */
const REFUSED_MS = 30_000

const byId = (id) => document.getElementById(id)
const [status, pause, refresh, say] = ['updates', 'pause', 'refresh', 'say'].map(byId)
const { view = 'page', run } = document.body.dataset
let revision = document.body.dataset.revision
/** The time that the page is of, as the server says it. */
let asOf = ''
let stream = null
let timer = null
let fetching = null
let isFetchWanted = false

/** A page that answers a form has no address of its own, so it is not fetched again. */
if (status !== null && pause !== null && refresh !== null && 'EventSource' in window) {
  pause.hidden = false
  pause.addEventListener('click', () => {
    if (isPaused()) sessionStorage.removeItem(PAUSED)
    else sessionStorage.setItem(PAUSED, 'yes')
    update({ isStale: true })
  })
  document.addEventListener('visibilitychange', () => update({ isStale: true }))
  window.addEventListener('pagehide', close)
  window.addEventListener('pageshow', ({ persisted }) => persisted && update({ isStale: true }))
  update({ isStale: false })
}

function isPaused() {
  return sessionStorage.getItem(PAUSED) !== null
}

/** Opens or closes the stream, as the button and the visibility of the tab say. */
function update({ isStale }) {
  close()
  pause.setAttribute('aria-pressed', String(isPaused()))
  if (isPaused()) {
    show(`Updates are paused.${asOf === '' ? '' : ` As of ${asOf}.`}`)
  } else if (!document.hidden) {
    if (isStale) void fetchRegions()
    open()
  }
}

function show(text) {
  status.textContent = text
  status.hidden = text === ''
}

function close() {
  stream?.close()
  stream = null
  clearTimeout(timer)
}

function open() {
  const query = new URLSearchParams({ view, ...(run !== undefined && { run }) })
  const own = new EventSource(`/console/events?${query}`)
  stream = own
  timer = setTimeout(poll, SILENT_MS)
  const on = (name, act) =>
    own.addEventListener(name, ({ data }) => {
      if (stream === own) act(JSON.parse(data))
    })
  on('hello', (hello) => {
    clearTimeout(timer)
    show('Live')
    asOf = hello.asOf
    if (revision !== undefined && revision !== hello.revision) void fetchRegions()
    revision = hello.revision
  })
  on('figures', showFigures)
  on('regions', (changed) => {
    revision = changed.revision
    void fetchRegions()
  })
  on('say', ({ text }) => {
    if (say !== null) say.textContent = text
  })
  on('bye', ({ again }) => openIn((again + Math.random() * 10) * 1_000))
  own.addEventListener('error', () => {
    if (stream !== own) return
    show('Connecting')
    // Otherwise the browser connects again.
    if (own.readyState === EventSource.CLOSED) openIn(REFUSED_MS)
  })
}

function openIn(milliseconds) {
  close()
  timer = setTimeout(() => update({ isStale: true }), milliseconds)
}

/** In place of a stream from which nothing comes. */
function poll() {
  close()
  show('Updated every 10 seconds')
  let polls = 0
  const again = () => {
    polls += 1
    void fetchRegions()
    timer = setTimeout(polls < POLLS ? again : () => update({ isStale: true }), POLL_MS)
  }
  again()
}

function showFigures(figures) {
  for (const [id, figure] of Object.entries(figures)) {
    if (id === 'as-of') asOf = figure
    if (id === 'title') document.title = figure
    const element = byId(id)
    if (element instanceof HTMLProgressElement) element.value = figure
    else if (element !== null && element.textContent !== String(figure)) element.textContent = figure
  }
}

/** Fetches the page and swaps the regions that differ; once more if another one is wanted meanwhile. */
async function fetchRegions() {
  isFetchWanted = true
  fetching ??= (async () => {
    while (isFetchWanted) {
      isFetchWanted = false
      await swapRegions()
    }
    fetching = null
  })()
  return fetching
}

async function swapRegions() {
  let page
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(20_000) })
    // Such as to the page for logging in, once the session is over.
    if (!answer.ok || answer.redirected) return
    page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  } catch {
    // The server is away: the stream connects again, and says what is then.
    return
  }
  if (isPaused() || document.hidden) return
  // Such as that of a preview, once it is worked out.
  if ((page.body.dataset.view ?? 'page') !== view) return location.reload()
  document.title = page.title
  for (const region of regions()) {
    const fresh = page.querySelector(`[data-region="${CSS.escape(region.dataset.region)}"]`)
    if (fresh !== null && fresh.innerHTML !== shown.get(region) && !isTypedInto(region)) swap(region, fresh)
  }
}

function swap(region, fresh) {
  shown.set(region, fresh.innerHTML)
  const focused = region.contains(document.activeElement) ? document.activeElement.id : ''
  const open = [...region.querySelectorAll('details')].map((details) => details.open)
  region.replaceChildren(...fresh.childNodes)
  for (const [at, details] of region.querySelectorAll('details').entries()) details.open = open[at] ?? details.open
  initAll({ scope: region })
  if (focused !== '') byId(focused)?.focus({ preventScroll: true })
}

/** What somebody has typed, ticked or chosen must not be lost. */
function isTypedInto(region) {
  return [...region.querySelectorAll('input, textarea, select')].some((field) => {
    if (field instanceof HTMLSelectElement)
      return [...field.options].some((each) => each.selected !== each.defaultSelected)
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked
    return field.type !== 'hidden' && field.value !== field.defaultValue
  })
}
