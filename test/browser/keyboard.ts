import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

const MOST_STEPS = 200

interface Focused {
  readonly text: string
  readonly tag: string
  readonly isVisible: boolean
  readonly hasOutline: boolean
}

/** What has the focus, and whether somebody can see that. */
function focused(page: Page): Promise<Focused> {
  return page.evaluate<Focused>(`(() => {
    const element = document.activeElement
    const { outlineStyle, boxShadow, backgroundColor } = getComputedStyle(element)
    const { top, bottom, left, right, width, height } = element.getBoundingClientRect()
    const label = element.labels?.[0]?.innerText
    // The design system shows the focus of a radio or checkbox on its label.
    const isChoice = element.type === 'radio' || element.type === 'checkbox'
    return {
      text: (label ?? element.innerText ?? '').trim(),
      tag: element.tagName.toLowerCase(),
      isVisible: width > 0 && height > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      hasOutline: isChoice || outlineStyle !== 'none' || boxShadow !== 'none',
    }
  })()`)
}

/** Presses Tab until an element with this text has the focus. Every element on the way has to show its focus, in view. */
export async function tabTo(page: Page, text: string | RegExp, tag?: string): Promise<void> {
  const passed: string[] = []
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (at.tag === 'body') continue
    assert.ok(at.isVisible, `"${at.text}" has the focus, but is not in view`)
    assert.ok(at.hasOutline, `"${at.text}" does not show its focus`)
    passed.push(at.text)
    const isIt = typeof text === 'string' ? at.text === text : text.test(at.text)
    if (isIt && (tag === undefined || tag === at.tag)) return
  }
  assert.fail(`no "${String(text)}" among: ${[...new Set(passed)].join(' | ')}`)
}

/** Goes to a link or button by Tab, and presses it by Enter. Resolves once the next page is there. */
export async function press(page: Page, text: string | RegExp): Promise<void> {
  await tabTo(page, text)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}

/** Goes to a field by Tab, and types. */
export async function type(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, label)
  await page.keyboard.type(text)
}

/** Reads a page again until its text is there. */
export async function reloadUntil(page: Page, text: RegExp): Promise<void> {
  const deadline = AbortSignal.timeout(60_000)
  while (!text.test(await page.locator('main').innerText())) {
    deadline.throwIfAborted()
    await page.reload()
  }
}
