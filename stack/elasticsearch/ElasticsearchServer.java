import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.Plugin;

/**
 * One Elasticsearch 7 node on 127.0.0.1 in this process. Arguments: its folder, then settings as name=value. Ends on
 * SIGTERM, its data written. Modules that Maven does not have for this version are left out; HTTP and reindex are needed.
 */
public class ElasticsearchServer {
    /** Each with the names it has had in 7. */
    private static final List<List<String>> NEEDED = List.of(
        List.of("org.elasticsearch.transport.netty4.Netty4Plugin", "org.elasticsearch.transport.Netty4Plugin"),
        List.of("org.elasticsearch.reindex.ReindexPlugin", "org.elasticsearch.index.reindex.ReindexPlugin"));
    private static final List<List<String>> WELCOME = List.of(
        List.of("org.elasticsearch.analysis.common.CommonAnalysisPlugin"),
        List.of("org.elasticsearch.painless.PainlessPlugin"),
        List.of("org.elasticsearch.script.mustache.MustachePlugin"),
        List.of("org.elasticsearch.index.mapper.extras.MapperExtrasPlugin", "org.elasticsearch.index.mapper.MapperExtrasPlugin"),
        List.of("org.elasticsearch.join.ParentJoinPlugin"),
        List.of("org.elasticsearch.search.aggregations.matrix.MatrixAggregationPlugin"));

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
        NodeProcess.run(new LocalNode(environment, plugins()));
    }

    private static Collection<Class<? extends Plugin>> plugins() throws ClassNotFoundException {
        Collection<Class<? extends Plugin>> plugins = new ArrayList<>();
        for (List<String> names : NEEDED) {
            plugins.add(plugin(names));
        }
        for (List<String> names : WELCOME) {
            try {
                plugins.add(plugin(names));
            } catch (ClassNotFoundException missing) {
                System.out.println("WITHOUT " + names);
            }
        }
        return plugins;
    }

    private static Class<? extends Plugin> plugin(List<String> names) throws ClassNotFoundException {
        for (String name : names) {
            try {
                return Class.forName(name).asSubclass(Plugin.class);
            } catch (ClassNotFoundException other) {
                // It may have its other name.
            }
        }
        throw new ClassNotFoundException(names.toString());
    }
}
