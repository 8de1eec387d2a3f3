import { Connection } from '@temporalio/client';
import * as proto from '@temporalio/proto';

/** A namespace of its own for one test, made as `deploy` and docs/operating.md make one. */
export async function makeNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { INDEXED_VALUE_TYPE_KEYWORD: one, INDEXED_VALUE_TYPE_KEYWORD_LIST: list } =
    proto.temporal.api.enums.v1.IndexedValueType;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: proto.google.protobuf.Duration.fromObject({ seconds: 86_400 }),
  });
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: {
      LastgoodEnvironment: one,
      LastgoodComponents: list,
      LastgoodPhase: one,
      LastgoodOutcome: one,
    },
  });
  await connection.close();
}
