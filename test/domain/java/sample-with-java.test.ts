import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REBUILD_RULES } from '../../../src/domain/java/java-rules.ts'
import { comparedWithModel } from './compared.ts'
import { sampleForModel } from './sample-for-model.ts'

test('the sample differs from what the Java services make of it only by the rules', () => {
  const differences = comparedWithModel(sampleForModel())
  assert.deepEqual(
    differences.filter(({ rule }) => rule === null),
    [],
  )
  const made = new Set(differences.map(({ rule }) => rule))
  assert.deepEqual([...made].sort(), Object.keys(REBUILD_RULES).sort())
})
