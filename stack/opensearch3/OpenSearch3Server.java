import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private static final class LocalNode extends Node implements NodeProcess.AnyNode {
        LocalNode(Environment environment, List<PluginInfo> plugins) {
            super(environment, plugins, true);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        NodeProcess.settings(arguments).forEach(settings::put);
        List<PluginInfo> plugins = new ArrayList<>();
        for (String name : MODULES) {
            plugins.add(new PluginInfo(name, "", Version.CURRENT.toString(), Version.CURRENT, "21", name, null, List.of(), false));
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Map.of(), NodeProcess.configuration(arguments), () -> NodeProcess.NAME);
        NodeProcess.run(new LocalNode(environment, plugins));
    }
}
