import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import nunjucks from 'nunjucks'
import type { Table } from '../../../src/console/components/table.ts'
import { DESIGN_SYSTEM } from '../../../src/console/frame/assets.ts'
import { hasLongWord } from '../../../src/console/frame/templates.ts'
import { join } from 'node:path'

const OWN = join(import.meta.dirname, '../../../src/console/templates')
const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([OWN, DESIGN_SYSTEM]), {
  autoescape: true,
  throwOnUndefined: false,
  trimBlocks: true,
  lstripBlocks: true,
})
environment.addFilter('hasLongWord', hasLongWord)

function drawn(table: Table): string {
  return collapsed(environment.renderString('{% from "macros/rows.njk" import rows %}{{ rows(table) }}', { table }))
}

function drawnByTheDesignSystem(params: object): string {
  const source = '{% from "nhsuk/components/tables/macro.njk" import table %}{{ table(params) }}'
  return collapsed(environment.renderString(source, { params }))
}

/** Without the white space between elements. */
function collapsed(html: string): string {
  return html
    .replace(/\s+/g, ' ')
    .replace(/> </g, '><')
    .replace(/(<(?:th|td|caption)\b[^>]*>) /g, '$1')
    .replace(/ (<\/(?:th|td|caption)>)/g, '$1')
    .trim()
}

suite('tables with many rows', () => {
  test('have the HTML of the design system: sortable, with links and numbers, everything escaped', () => {
    const ours = drawn({
      id: 'table',
      caption: 'Runs <b>',
      columns: [
        { text: 'Run', sort: { href: '?a=1&b=2', sorted: 'ascending' } },
        { text: 'Rows', isNumeric: true, sort: { href: '?x', sorted: null } },
        { text: 'State' },
      ],
      rows: [
        [{ text: '<script>', href: '/x' }, { text: '12' }, { text: '"a" & b' }],
        [{ text: 'b' }, {}, { text: '0' }],
      ],
    })
    const theirs = drawnByTheDesignSystem({
      id: 'table',
      responsive: true,
      compact: true,
      firstCellIsHeader: true,
      caption: { text: 'Runs <b>', size: 'm' },
      head: [
        { text: 'Run', sort: 'ascending', href: '?a=1&b=2' },
        { text: 'Rows', format: 'numeric', sort: true, href: '?x' },
        { text: 'State' },
      ],
      rows: [
        [{ text: '<script>', href: '/x' }, { text: '12' }, { text: '"a" & b' }],
        [{ text: 'b' }, { text: '' }, { text: '0' }],
      ],
    })
    assert.equal(ours, theirs)
    assert.doesNotMatch(ours, /<script>/)
  })

  test('have the HTML of the design system: a hidden caption, and cells with more than a text', () => {
    const ours = drawn({
      caption: 'Runs',
      isCaptionHidden: true,
      columns: [{ text: 'Run' }, { text: 'State' }],
      rows: [[{ text: 'a' }, { tags: [{ word: 'Live now', colour: 'green' }], lines: ['by <b>', 'Not known'] }]],
    })
    const theirs = drawnByTheDesignSystem({
      responsive: true,
      compact: true,
      firstCellIsHeader: true,
      caption: { text: 'Runs', classes: 'nhsuk-u-visually-hidden' },
      head: [{ text: 'Run' }, { text: 'State' }],
      rows: [
        [
          { text: 'a' },
          {
            html:
              '<strong class="nhsuk-tag nhsuk-tag--green">Live now</strong><span class="reval-line">by &lt;b&gt;</span>' +
              '<span class="reval-line"><span class="reval-not-known">Not known</span></span>',
          },
        ],
      ],
    })
    assert.equal(ours, theirs)
  })

  test('checkboxes have a label, times their datetime, and links a hidden text', () => {
    const html = drawn({
      caption: 'Failures',
      headerColumn: 1,
      columns: [{ text: 'Select', isHidden: true }, { text: 'What' }],
      rows: [
        [
          { checkbox: { name: 'key', value: 'tcs-1"', label: 'Select tcs-1"' } },
          {
            text: 'Show',
            href: '/a',
            hiddenText: 'run of <today>',
            time: { text: '5:04am today', datetime: '2026-11-26T05:04:12Z' },
          },
        ],
      ],
    })
    assert.match(
      html,
      /<input class="reval-checkbox" type="checkbox" name="key" value="tcs-1&quot;" aria-label="Select tcs-1&quot;">/,
    )
    assert.match(html, /<td [^>]*>.*<input .*<th [^>]*scope="row"[^>]*>.*Show/)
    assert.match(html, /<time datetime="2026-11-26T05:04:12Z">5:04am today<\/time>/)
    assert.match(html, /Show<span class="nhsuk-u-visually-hidden"> run of &lt;today&gt;<\/span><\/a>/)
  })
})

test('a timeline says what happened, when and by whom', () => {
  const happenings = [
    {
      time: { text: '5:04am today', datetime: '2026-11-26T05:04:12Z' },
      title: '<b>changed',
      href: '/a?b&c',
      by: 'Ada Okafor',
      tag: { word: 'Failed', colour: 'red' },
      lines: ['one', 'two'],
    },
    { time: null, title: 'written' },
  ]
  const source = '{% from "macros/timeline.njk" import timeline %}{{ timeline(happenings) }}'
  const html = collapsed(environment.renderString(source, { happenings }))
  assert.match(
    html,
    /<a href="\/a\?b&amp;c">&lt;b&gt;changed<\/a><strong class="nhsuk-tag nhsuk-tag--red">Failed<\/strong>/,
  )
  assert.match(html, /<\/time>, Ada Okafor<\/p>/)
  assert.equal(html.match(/<li /g)?.length, 2)
})

test('a cell with a word longer than a column may break it, others may not', () => {
  assert.equal(hasLongWord({ text: 'Recommendation list', lines: ['1-1RSSQ1B'] }), false)
  assert.equal(hasLongWord({ text: 'n'.repeat(300) }), true)
  assert.equal(hasLongWord({ text: 'short', lines: ['an.address@example.nhs.uk'] }), true)
})
