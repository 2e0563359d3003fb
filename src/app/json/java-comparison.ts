import * as z from 'zod'
import { INDEX_NAMES } from '../../domain/lists.ts'
import { FIELDS } from '../../domain/fields.ts'
import { JAVA_RULE_NAMES } from '../../domain/java/java-rules.ts'
import { COMPARED_RUN } from './differences.ts'
import { byIndex, DAY, INSTANT, named, TEXT, WHOLE } from './parts.ts'

const PLACE = named('Difference from Java', 'Where our generation and the Java indexes differ.', {
  index: z.enum(INDEX_NAMES).describe('the index'),
  id: TEXT.describe('id of the row; of one that only the Java index has, the id that ours would have'),
  kind: z
    .enum(['missing', 'surplus', 'repeated', 'different'])
    .describe(
      '`missing`: the Java index lacks the row; `surplus`: only the Java index has it; `repeated`: another Java document of the row; `different`: a field differs',
    ),
  field: z.enum(FIELDS).nullable().describe('the field that differs; null for the other kinds'),
})

/** What `reval compare --with-java` prints. */
export const JAVA_COMPARISON = z.strictObject({
  ours: COMPARED_RUN.describe('our side'),
  day: DAY.describe('the day for which our lists were read'),
  java: z
    .strictObject({
      generation: TEXT.describe('id of the generation'),
      adoptedAt: INSTANT.describe('when its indexes were taken over'),
    })
    .describe('the indexes of the Java services'),
  rows: byIndex(
    z.strictObject({ ours: WHOLE.describe('in ours'), java: WHOLE.describe('in the Java index') }),
  ).describe('how many rows there are, by index'),
  explained: z
    .array(
      z.strictObject({
        rule: z.enum(JAVA_RULE_NAMES).describe('name of the rule, as in docs/rules.md'),
        reference: TEXT.describe('what the Java services do'),
        here: TEXT.describe('what this system does'),
        differences: byIndex(WHOLE).describe('how many differences it made, by index'),
        examples: z.array(PLACE).readonly().describe('the first of them'),
      }),
    )
    .readonly()
    .describe('the intended differences, by rule'),
  unexplained: z
    .strictObject({
      differences: byIndex(WHOLE).describe('how many there are, by index'),
      listed: z.array(PLACE).readonly().describe('the first 10,000 of them'),
    })
    .describe('the differences that no rule explains'),
  notCompared: z.array(z.enum(FIELDS)).readonly().describe('fields that no Java document has'),
})
