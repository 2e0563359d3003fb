import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What the launchers share: one search engine node on 127.0.0.1 in this process. Arguments: its folder, then settings as
 * name=value. Ends on SIGTERM, its data written.
 */
final class NodeProcess {
    static final String NAME = "reval-1";
    private static final int SECONDS_TO_CLOSE = 20;

    /** Each engine has a class Node with these methods. */
    interface AnyNode extends Closeable {
        Object start() throws Exception;

        boolean awaitClose(long timeout, TimeUnit unit) throws InterruptedException;
    }

    private NodeProcess() {}

    static Map<String, String> settings(String[] arguments) {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("cluster.name", "reval");
        settings.put("node.name", NAME);
        settings.put("path.home", folder.resolve("home").toString());
        settings.put("path.data", folder.resolve("data").toString());
        settings.put("path.logs", folder.resolve("log").toString());
        settings.put("network.host", "127.0.0.1");
        settings.put("discovery.type", "single-node");
        settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        for (int i = 1; i < arguments.length; i++) {
            String[] setting = arguments[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        return settings;
    }

    /** The folder of its configuration, which is empty. */
    static Path configuration(String[] arguments) throws IOException {
        return Files.createDirectories(Path.of(arguments[0]).toAbsolutePath().resolve("home/config"));
    }

    static void run(AnyNode node) throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
                System.out.println(node.awaitClose(SECONDS_TO_CLOSE, TimeUnit.SECONDS) ? "STOPPED" : "NOT STOPPED IN TIME");
            } catch (Exception failure) {
                failure.printStackTrace();
            } finally {
                closed.countDown();
            }
        }));
        node.start();
        System.out.println("READY");
        closed.await();
    }
}
