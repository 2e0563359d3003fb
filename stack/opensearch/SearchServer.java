import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/**
 * One OpenSearch node on 127.0.0.1, with the modules of the distribution, in this process. Arguments: its folder, then
 * settings as name=value. Ends on SIGTERM, its data written.
 */
public class SearchServer {
    private static final String NAME = "reval-1";
    private static final int SECONDS_TO_CLOSE = 20;

    /** The modules of the distribution, as Maven has them; called ...Plugin or, since 3.0, ...ModulePlugin. */
    private static final List<String> MODULES = List.of(
        "org.opensearch.transport.Netty4",
        "org.opensearch.index.reindex.Reindex",
        "org.opensearch.painless.Painless",
        "org.opensearch.script.expression.Expression",
        "org.opensearch.script.mustache.Mustache",
        "org.opensearch.analysis.common.CommonAnalysis",
        "org.opensearch.index.mapper.MapperExtras",
        "org.opensearch.join.ParentJoin",
        "org.opensearch.percolator.Percolator",
        "org.opensearch.index.rankeval.RankEval",
        "org.opensearch.search.aggregations.matrix.MatrixAggregation",
        "org.opensearch.ingest.common.IngestCommon"
    );

    /** Node's constructor that takes plugin classes is for subclasses. */
    private static final class LocalNode extends Node {
        LocalNode(Environment environment, Collection<Class<? extends Plugin>> plugins) {
            super(environment, plugins, true);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        Path config = Files.createDirectories(folder.resolve("home/config"));
        Settings.Builder settings = Settings.builder()
            .put("cluster.name", "reval")
            .put("node.name", NAME)
            .put("path.home", folder.resolve("home").toString())
            .put("path.data", folder.resolve("data").toString())
            .put("path.logs", folder.resolve("log").toString())
            .put("network.host", "127.0.0.1")
            .put("discovery.type", "single-node")
            .put("cluster.routing.allocation.disk.threshold_enabled", false);
        for (int i = 1; i < arguments.length; i++) {
            String[] setting = arguments[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings.build(), Collections.emptyMap(), config, () -> NAME);
        Node node = new LocalNode(environment, modules());

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

    private static Collection<Class<? extends Plugin>> modules() throws ClassNotFoundException {
        Collection<Class<? extends Plugin>> modules = new ArrayList<>();
        for (String module : MODULES) {
            modules.add(module(module));
        }
        return modules;
    }

    private static Class<? extends Plugin> module(String name) throws ClassNotFoundException {
        try {
            return Class.forName(name + "ModulePlugin").asSubclass(Plugin.class);
        } catch (ClassNotFoundException older) {
            return Class.forName(name + "Plugin").asSubclass(Plugin.class);
        }
    }
}
