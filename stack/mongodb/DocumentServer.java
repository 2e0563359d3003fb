import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.concurrent.CountDownLatch;
import org.h2.mvstore.MVStore;

/**
 * A server on 127.0.0.1 that speaks MongoDB's protocol. Arguments: port, backend ("file" or "memory"), file. Prints READY
 * when it takes connections; on SIGTERM it stops and writes the file.
 */
public class DocumentServer {
    private static final int CACHE_MB = 1024;

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        MongoServer server = new MongoServer(backend(arguments[1], arguments[2]));
        server.enableOplog(); // for watch()
        server.bind("127.0.0.1", port);

        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdownNow(); // closes the backend too
            System.out.println("STOPPED");
            stopped.countDown();
        }));
        System.out.println("READY " + server.getConnectionString() + " " + server);
        stopped.await();
    }

    private static MongoBackend backend(String kind, String file) {
        switch (kind) {
            case "memory":
                return new MemoryBackend().version(ServerVersion.MONGO_5_0);
            case "file":
                MVStore store = new MVStore.Builder().fileName(file).cacheSize(CACHE_MB).open();
                return new H2Backend(store).version(ServerVersion.MONGO_5_0);
            default:
                throw new IllegalArgumentException("no backend '" + kind + "'; there are: file, memory");
        }
    }
}
