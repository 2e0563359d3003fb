import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cronSentence } from '../../../src/app/schedule/cron-sentence.ts'

const SENTENCES: Readonly<Record<string, string>> = {
  '0 5 * * *': 'Every day at 5am',
  '0 0 5 * * *': 'Every day at 5am',
  '5 17 * * *': 'Every day at 5:05pm',
  '0 0 * * *': 'Every day at midnight',
  '0 12 * * *': 'Every day at midday',
  '30 0 * * *': 'Every day at 12:30am',
  '30 12 * * *': 'Every day at 12:30pm',
  '0 5,17 * * *': 'Every day at 5am and 5pm',
  '0 3 * * 7': 'Every Sunday at 3am',
  '0 3 * * 0': 'Every Sunday at 3am',
  '0 3 * * sun': 'Every Sunday at 3am',
  '0 3 * * MON,WED,FRI': 'Every Monday, Wednesday and Friday at 3am',
  '0 5 * * 1-5': 'Monday to Friday at 5am',
  '0 5 * * MON-FRI': 'Monday to Friday at 5am',
  '0 5 1 * *': 'On day 1 of every month at 5am',
  '0 5 1,15 * *': 'On day 1 and 15 of every month at 5am',
  '* * * * *': 'Every minute',
  '*/1 * * * *': 'Every minute',
  '*/5 * * * *': 'Every 5 minutes',
  '0 * * * *': 'Every hour',
  '30 * * * *': 'Every hour at 30 minutes past',
  '0,30 * * * *': 'Every hour at 0 and 30 minutes past',
  '0 */2 * * *': 'Every 2 hours',
  '*/20 * * * * *': 'Every 20 seconds',
}

test('common expressions are sentences', () => {
  for (const [expression, sentence] of Object.entries(SENTENCES)) assert.equal(cronSentence(expression), sentence)
})

test('an expression is quoted where a sentence would not be exact', () => {
  const others = [
    ...['*/7 * * * *', '0 */5 * * *', '30 */2 * * *', '*/5 9-17 * * *', '0,30 5 * * *', '0 5 1 * 1', '0 5 * 1 *'],
    ...['0 5 L * *', '0 5 * * 5#2', '0 * * * 1', '30 0 5 * * *', '*/5 0 5 * * *', '0 99 * * *', '0 5 32 * *'],
  ]
  for (const expression of others) assert.equal(cronSentence(expression), `At the times of ${expression}`)
})
