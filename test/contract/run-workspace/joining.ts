import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunWorkspace } from '../../../src/ports/run-workspace.ts'
import { openWorkspace, type WorkspaceFactory } from './place.ts'
import { doctor, number, ONE, SMALL, trainee, TWO } from './samples.ts'

const NOTHING = { trainees: [], reason: null, sharedWith: null }

async function personsOf(workspace: RunWorkspace, of: string): Promise<readonly number[]> {
  const [joined] = await workspace.join([doctor(number(of))])
  return (joined?.trainees ?? []).map(({ tcsPersonId }) => tcsPersonId)
}

/** Trainees and exception reasons are added, doctors are joined to them. */
export function joining(factory: WorkspaceFactory): void {
  test('an empty workspace joins and counts nothing', async (t) => {
    const workspace = await openWorkspace(t, factory)
    assert.deepEqual(await workspace.join([doctor(ONE)]), [NOTHING])
    assert.deepEqual(await workspace.join([]), [])
    assert.deepEqual([await workspace.countTrainees(), await workspace.countUnjoined()], [0, 0])
    assert.deepEqual(await workspace.unjoined(null, 10), [])
  })

  test('a doctor gets the trainees of its number by person id, and its reason; results are in request order', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const [three, one, two] = [trainee(3, ONE), trainee(1, ONE), trainee(2, TWO)]
    await workspace.addTrainees([three, one])
    await workspace.addTrainees([two, trainee(4, SMALL)])
    await workspace.addReasons([{ number: ONE, reason: ' As it was written ' }])
    assert.deepEqual(await workspace.join([doctor(TWO), doctor(number('3333333')), doctor(ONE)]), [
      { trainees: [two], reason: null, sharedWith: null },
      NOTHING,
      { trainees: [one, three], reason: ' As it was written ', sharedWith: null },
    ])
    assert.deepEqual(await personsOf(workspace, SMALL), [4])
    assert.equal(await workspace.countTrainees(), 4)
  })

  test('every field of a trainee is returned unchanged, in any script', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const odd = 'N\u0000ull, "quoted" \\ \n 😀 عائشة \ud83d'
    const full = trainee(Number.MAX_SAFE_INTEGER, ONE, { doctorFirstName: odd, curriculumEndDate: '9999-12-31' })
    const bare = trainee(0, ONE, {
      doctorFirstName: null,
      doctorLastName: null,
      programmeName: null,
      programmeMembershipType: null,
      tcsDesignatedBody: null,
      programmeOwner: null,
      programmeMembershipStartDate: null,
      programmeMembershipEndDate: null,
    })
    const negative = trainee(Number.MIN_SAFE_INTEGER, ONE)
    await workspace.addTrainees([full, bare, negative])
    await workspace.addReasons([{ number: ONE, reason: odd }])
    assert.deepEqual(await workspace.join([doctor(ONE, odd)]), [
      { trainees: [negative, bare, full], reason: odd, sharedWith: null },
    ])
    assert.equal((await workspace.join([doctor(ONE)]))[0]?.sharedWith, odd)
  })

  test('a trainee added again replaces the earlier one, under its new number', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addTrainees([trainee(1, ONE), trainee(2, ONE)])
    const now = trainee(1, TWO, { doctorLastName: 'Smith' })
    await workspace.addTrainees([trainee(1, null), now])
    assert.equal(await workspace.countTrainees(), 2)
    assert.deepEqual(await personsOf(workspace, ONE), [2])
    assert.deepEqual((await workspace.join([doctor(TWO)]))[0]?.trainees, [now])
  })

  test('redelivered trainees change nothing after doctors were joined', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const trainees = [trainee(1, ONE), trainee(2, TWO), trainee(3, null)]
    await workspace.addTrainees(trainees)
    assert.deepEqual(await personsOf(workspace, ONE), [1])
    await workspace.addTrainees(trainees)
    assert.deepEqual(await personsOf(workspace, ONE), [1])
    assert.deepEqual(await personsOf(workspace, TWO), [2])
    assert.deepEqual([await workspace.countTrainees(), await workspace.countUnjoined()], [3, 1])
  })

  test('trainees added late, or with another number, are found', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addTrainees([trainee(1, ONE), trainee(2, ONE)])
    await workspace.join([doctor(ONE)])
    await workspace.addTrainees([trainee(1, TWO), trainee(3, ONE)])
    assert.deepEqual(await personsOf(workspace, ONE), [2, 3])
    assert.deepEqual(await personsOf(workspace, TWO), [1])
  })

  test('seven digits with white space join; other text joins nothing', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const texts = [' 1111111\u00a0', 'UNKNOWN', '111111', '1111111 (old)', '１１１１１１１', null]
    await workspace.addTrainees(texts.map((text, at) => trainee(at, text)))
    assert.deepEqual(await personsOf(workspace, ONE), [0])
    assert.equal(await workspace.countUnjoined(), texts.length - 1)
  })

  test('the last reason of a number counts, blank is none, and all can be removed', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const reason = async () => (await workspace.join([doctor(ONE)]))[0]?.reason
    await workspace.addReasons([
      { number: ONE, reason: 'first' },
      { number: TWO, reason: 'another' },
      { number: ONE, reason: 'second' },
    ])
    await workspace.addReasons([{ number: ONE, reason: ' \u00a0' }])
    assert.equal(await reason(), 'second')
    await workspace.clearReasons()
    assert.equal(await reason(), null)
    await workspace.addReasons([{ number: ONE, reason: 'third' }])
    assert.equal(await reason(), 'third')
  })

  test('a doctor whose number another has is reported with the other, every time', async (t) => {
    const workspace = await openWorkspace(t, factory)
    await workspace.addTrainees([trainee(1, ONE)])
    const sharedWith = async (...storedIds: readonly string[]) =>
      (await workspace.join(storedIds.map((storedId) => doctor(ONE, storedId)))).map((joined) => joined.sharedWith)
    assert.deepEqual(await sharedWith(' 1111111', '1111111'), [null, ' 1111111'])
    assert.deepEqual(await sharedWith('1111111', ' 1111111', '1111111\u00a0'), [' 1111111', null, ' 1111111'])
    assert.deepEqual(await personsOf(workspace, ONE), [1])
    assert.equal(await workspace.countUnjoined(), 0)
  })

  test('a thousand doctors are joined in one call', async (t) => {
    const workspace = await openWorkspace(t, factory)
    const numbers = Array.from({ length: 1_000 }, (_, at) => number(String(1_000_000 + at * 7)))
    await workspace.addTrainees(numbers.map((each, at) => trainee(at, each)))
    const joined = await workspace.join(numbers.toReversed().map((each) => doctor(each)))
    assert.deepEqual(
      joined.map(({ trainees }) => trainees.map(({ tcsPersonId }) => tcsPersonId)),
      numbers.map((_, at) => [999 - at]),
    )
  })
}
