import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A file of BSON documents, one behind the other, each saying one change. What was flushed is with the operating system:
 * it outlives this process, however that ends, but perhaps not a power cut.
 */
final class Journal {
    private static final int LENGTH_BYTES = 4; // every BSON document begins with its own length
    private static final int FLUSH_AT_BYTES = 1 << 20;

    private final FileChannel channel;
    private final ByteBuf pending = Unpooled.buffer();

    /** An empty journal in a file, whatever was there before. */
    Journal(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    }

    /** Hands over the changes in a file, in their order; none when there is no file. One cut off at the end is no change. */
    static void read(Path file, Consumer<Document> taker) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), FLUSH_AT_BYTES)) {
            for (;;) {
                byte[] length = in.readNBytes(LENGTH_BYTES);
                if (length.length < LENGTH_BYTES) {
                    return;
                }
                int rest = Unpooled.wrappedBuffer(length).readIntLE() - LENGTH_BYTES;
                byte[] body = in.readNBytes(rest);
                if (body.length < rest) {
                    return;
                }
                taker.accept(BsonDecoder.decodeBson(Unpooled.wrappedBuffer(length, body)));
            }
        }
    }

    synchronized void append(Document change) {
        BsonEncoder.encodeDocument(change, pending);
        if (pending.readableBytes() >= FLUSH_AT_BYTES) {
            flush();
        }
    }

    synchronized void flush() {
        try {
            while (pending.isReadable()) {
                pending.readBytes(channel, pending.readableBytes());
            }
            pending.clear();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Flushes and puts the file where the journal of the next start is looked for. */
    synchronized void become(Path from, Path to) throws IOException {
        flush();
        channel.force(true);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    synchronized void close() throws IOException {
        flush();
        channel.force(true);
        channel.close();
    }
}
