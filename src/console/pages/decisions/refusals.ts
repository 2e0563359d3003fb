import type { ErrorCode } from '../../../errors/codes.ts'
import type { Link, Page } from '../../frame/page.ts'

/** Why a decision was not carried out, in words that stand alone. What is live has not changed unless they say so. */
const REFUSALS = {
  RUN_PROMOTING: {
    heading: 'The run is going live',
    text: 'The run is going live at this moment. Nothing was done. Once it is live, you can roll back.',
  },
  RUN_OVER: {
    heading: 'The run is over',
    text: 'The run has already ended, so there is nothing to cancel. Its page shows how it ended.',
  },
  NOTHING_TO_ROLL_BACK: {
    heading: 'There is nothing to go back to',
    text: 'There is no earlier generation to go back to. A second run that goes live makes this possible.',
  },
  PROMOTION_IN_PROGRESS: {
    heading: 'The lists are moving',
    text: 'Another change of the lists is in progress. Nothing was done. Try again in a moment.',
  },
  GENERATION_UNKNOWN: {
    heading: 'This run is not held back any more',
    text: 'Somebody made it live or discarded it, or another run took its place. Nothing was done.',
  },
  GENERATION_STALE: {
    heading: 'This generation is not current',
    text: 'The generation missed a change, so the lists would show older rows than now. Nothing was done. Start a run: it includes every change.',
  },
  NOTHING_LIVE: {
    heading: 'Nothing is live yet',
    text: 'Nothing is live yet, so there is nothing to go back from.',
  },
  REQUEST_UNANSWERED: {
    heading: 'We do not know yet whether it was done',
    text: 'The writing process has not answered for 15 seconds. It may still do it. Look at the overview before you try again.',
  },
} as const satisfies Readonly<Partial<Record<ErrorCode, { readonly heading: string; readonly text: string }>>>

export type RefusalCode = keyof typeof REFUSALS

export function isRefusalCode(code: ErrorCode): code is RefusalCode {
  return code in REFUSALS
}

/** The page of a decision that the writer refused, or that cannot be made. */
export function refusalPage(code: RefusalCode, link: Link): Page {
  const { heading, text } = REFUSALS[code]
  return {
    heading,
    template: 'error',
    model: { paragraphs: [text], link },
    section: 'Runs',
    status: code === 'REQUEST_UNANSWERED' ? 504 : 409,
  }
}
