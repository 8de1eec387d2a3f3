import { connect } from 'node:http2';

/**
 * Asks a gRPC server over plain HTTP/2 whether it serves: the standard health protocol (grpc.health.v1), written out
 * because it is forty lines and spares this ring a gRPC client. False when it says no, says nothing in time, or is not there.
 */
export function servesGrpc(port: number, service: string, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const answer = (serving: boolean): void => {
      session.destroy();
      resolve(serving);
    };
    session.setTimeout(timeoutMs, () => answer(false));
    session.once('error', () => answer(false));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('error', () => answer(false));
    stream.once('end', () => answer(Buffer.concat(chunks).equals(serving)));
    stream.end(framed(lengthDelimited(1, service)));
  });
}

/** HealthCheckResponse{status: SERVING}: field 1, varint 1. */
const serving = framed(Buffer.from([0x08, 0x01]));

/** gRPC message frame: not compressed, length as four bytes, message. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** One protobuf text field of at most 127 bytes. */
function lengthDelimited(field: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes]);
}
