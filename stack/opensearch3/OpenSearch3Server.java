import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * One OpenSearch 3 node on 127.0.0.1 in this process. Arguments: its folder, then settings as name=value. Ends on SIGTERM,
 * its data written. (A node of 2 takes plugins as classes, one of 3 takes descriptions of them.)
 */
public class OpenSearch3Server {
    private static final String NAME = "reval-1";
    private static final int SECONDS_TO_CLOSE = 20;

    /** The modules of the distribution that Maven has. */
    private static final List<String> MODULES = List.of(
        "org.opensearch.transport.Netty4ModulePlugin",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        "org.opensearch.painless.PainlessModulePlugin",
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
        "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        "org.opensearch.join.ParentJoinModulePlugin",
        "org.opensearch.script.mustache.MustacheModulePlugin");

    /** Node's constructor that takes plugins is for subclasses. */
    private static final class LocalNode extends Node {
        LocalNode(Environment environment, List<PluginInfo> plugins) {
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
        List<PluginInfo> plugins = new ArrayList<>();
        for (String name : MODULES) {
            plugins.add(new PluginInfo(name, "", Version.CURRENT.toString(), Version.CURRENT, "21", name, null, List.of(), false));
        }
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), config, () -> NAME);
        Node node = new LocalNode(environment, plugins);

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
