import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
    private static final class LocalNode extends Node implements NodeProcess.AnyNode {
        LocalNode(Environment environment, Collection<Class<? extends Plugin>> plugins) {
            super(environment, plugins, true);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        NodeProcess.settings(arguments).forEach(settings::put);
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Map.of(), NodeProcess.configuration(arguments), () -> NodeProcess.NAME);
        NodeProcess.run(new LocalNode(environment, modules()));
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
