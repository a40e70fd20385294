package io.flocker.cli.deployment;

import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Source;
import io.flocker.cli.compose.text.TextFile;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.text.Yaml;
import io.flocker.cli.compose.text.YamlParser;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ServiceSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// A deployment file, version 1: for each node the services it runs, as a list of names or a map of counts,
/// where `per_core` is as many as the node has cores.
///
/// ```yaml
/// version: 1
/// nodes:
///   node1: [db, web]
///   node2: {web: 3}
///   node3: {web: per_core}
/// ```
///
/// A service that no node names runs wherever it fits. A node that has not joined yet gets its share when it joins.
public final class DeploymentFile {
    private static final int VERSION = 1;
    private static final int MAX_INSTANCES = 1_000;
    private static final String PER_CORE = "per_core";

    private final Complaints complaints = new Complaints();
    private final ApplicationSpec application;
    private final Set<String> services;
    /// Services whose number the file cannot say, each with why.
    private final Map<String, String> others = new TreeMap<>();
    private final Map<String, TreePMap<String, Integer>> pins = new TreeMap<>();

    private DeploymentFile(ApplicationSpec application) {
        this.application = application;
        services = application.services().keySet();
        application.services().forEach((name, spec) -> {
            if (spec.placement().perCore()) {
                others.put(name, "runs on every core of every node (x-flocker.scale.per_core)");
            } else if (spec.placement().global()) {
                others.put(name, "runs on every node (deploy.mode: global)");
            } else if (spec.autoscale().isPresent()) {
                others.put(name, "follows its load (x-flocker.scale)");
            }
        });
    }

    /// The same application with its services on the nodes that `file` says, so many on each.
    ///
    /// @param folder what relative paths are relative to
    /// @throws ComposeException if the file cannot be used, with each place where
    public static ComposeFile apply(Path file, Path folder, ComposeFile compose) throws ComposeException {
        var deployment = new DeploymentFile(compose.application());
        deployment.read(folder.resolve(file).normalize(), folder);
        if (deployment.complaints.any()) {
            throw new ComposeException(deployment.complaints.complaints());
        }
        ApplicationSpec application = compose.application();
        TreePMap<String, ServiceSpec> placed = application.services();
        for (var service : application.services().entrySet()) {
            TreePMap<String, Integer> pins = deployment.pins.getOrDefault(service.getKey(), TreePMap.empty());
            if (!pins.isEmpty()) {
                placed = placed.plus(service.getKey(), pinned(service.getValue(), pins));
            }
        }
        return new ComposeFile(
                compose.projectName(),
                new ApplicationSpec(placed, application.volumes(), application.files(), application.schedules()),
                compose.builds(),
                compose.notes());
    }

    private static ServiceSpec pinned(ServiceSpec spec, TreePMap<String, Integer> pins) {
        if (pins.containsValue(PlacementSpec.EACH_CORE)) {
            return spec.with(spec.scale(), spec.placement().onEveryCore().pinned(pins));
        }
        int scale = pins.values().stream().mapToInt(Integer::intValue).sum();
        return spec.with(scale, spec.placement().pinned(pins));
    }

    private void read(Path file, Path folder) {
        Source source = new Source(
                file.startsWith(folder) ? folder.relativize(file).toString() : file.toString(), folder, folder);
        List<Yaml> documents = TextFile.read(file, source.start(), complaints)
                .map(text -> YamlParser.parse(text, source, complaints))
                .orElse(List.of());
        if (documents.size() != 1 && !complaints.any()) {
            complaints.add(source.start(), "a deployment file is one YAML document, not " + documents.size());
        }
        documents.stream().limit(1).forEach(document -> document(Value.root(document, complaints)));
    }

    private void document(Value root) {
        Section section = root.section("a deployment file");
        if (!section.has("version")) {
            root.complain("must say version: " + VERSION);
        }
        section.number("version", VERSION, VERSION);
        if (!section.has("nodes")) {
            root.complain("must say which nodes run what: nodes: {node1: [db, web], node2: {web: 3}}");
        }
        section.entries("nodes").forEach(this::node);
        section.end();
    }

    private void node(String node, Value value) {
        if (value.isMap()) {
            value.entries().forEach((service, count) -> pin(node, service, count, count(service, count)));
        } else {
            value.items().forEach(item -> item.text().ifPresent(service -> pin(node, service, item, 1)));
        }
    }

    private int count(String service, Value count) {
        String text = count.text().orElse("").strip();
        if (!text.equals(PER_CORE)) {
            if (!text.isEmpty() && !Character.isDigit(text.charAt(0))) {
                count.complain("must be a number of instances, or " + PER_CORE + " for as many as the node has cores,"
                        + " not \"" + Shown.word(text) + "\"" + Nearest.hint(text, Set.of(PER_CORE)));
                return 0;
            }
            return (int) count.number(0, MAX_INSTANCES).orElse(0);
        }
        Optional<String> once =
                Optional.ofNullable(application.services().get(service)).flatMap(ServiceSpec::onlyOnce);
        once.ifPresent(what -> count.complain("cannot be " + PER_CORE + ": a node would run several instances, and only"
                + " one of a node can have " + what));
        return once.isPresent() ? 0 : PlacementSpec.EACH_CORE;
    }

    private void pin(String node, String service, Value at, int count) {
        if (!services.contains(service)) {
            at.complainAtKey("names the service \"" + service + "\", which the application does not have"
                    + Nearest.hint(service, services));
            return;
        }
        if (others.containsKey(service)) {
            at.complainAtKey("names the service \"" + service + "\", which " + others.get(service)
                    + ": leave it out here, or take that away");
            return;
        }
        TreePMap<String, Integer> nodes = pins.getOrDefault(service, TreePMap.empty());
        pins.put(service, nodes.plus(node, nodes.getOrDefault(node, 0) + count));
    }
}
