import { runWorkspaceContract } from '../../contract/run-workspace.ts'
import { sqlitePlace } from './sqlite-place.ts'

runWorkspaceContract(sqlitePlace)
