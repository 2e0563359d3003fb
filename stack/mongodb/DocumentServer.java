import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A server on 127.0.0.1 that speaks MongoDB's protocol. Arguments: port, journal file. Prints READY when it takes
 * connections; ends on SIGTERM.
 */
public class DocumentServer {
    /**
     * Its own MONGO_5_0 answers hello with the wire version 8, that of MongoDB 4.2, which drivers from 7.1 on refuse.
     * MongoDB 5.0 has 13.
     */
    private static final class Version implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    }

    public static void main(String[] arguments) throws Exception {
        // No oplog: it would keep every change in memory for ever. So watch() is refused.
        MongoServer server =
            new MongoServer(new JournaledBackend(Path.of(arguments[1])).version(new Version()));
        server.bind("127.0.0.1", Integer.parseInt(arguments[0]));

        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdownNow(); // closes the backend too
            System.out.println("STOPPED");
            stopped.countDown();
        }));
        System.out.println("READY " + server.getConnectionString());
        stopped.await();
    }
}
