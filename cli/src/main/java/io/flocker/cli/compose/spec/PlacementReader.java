package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.PlacementSpec.Constraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pcollections.TreePMap;

/// Reads `deploy.placement`: on which nodes instances may be, as Docker Swarm writes it.
final class PlacementReader {
    private static final Pattern CONSTRAINT =
            Pattern.compile("\\s*node\\.(name|hostname|id|labels\\.([^\\s=!]+))\\s*(==|!=)\\s*(\\S(?:.*\\S)?)\\s*");
    /// What Swarm tells nodes apart by and Flocker does not.
    private static final Pattern NO_DIFFERENCE = Pattern.compile("\\s*node\\.(role|platform\\.os)\\s*(==|!=).*");

    private static final Pattern SPREAD = Pattern.compile("\\s*node\\.labels\\.(\\S+)\\s*");

    private PlacementReader() {}

    static PlacementSpec read(Value value) {
        Section placement = value.section("placement");
        List<Constraint> constraints = new ArrayList<>();
        for (Value item : placement.items("constraints")) {
            constraint(item).ifPresent(constraints::add);
        }
        List<String> spread = new ArrayList<>();
        for (Value preference : placement.items("preferences")) {
            Section section = preference.section("a preference");
            section.get("spread").flatMap(PlacementReader::spread).ifPresent(spread::add);
            section.end();
        }
        int most = (int) placement
                .number("max_replicas_per_node", 0, DeployReader.MAX_SCALE)
                .orElse(0);
        placement.end();
        return new PlacementSpec(List.copyOf(constraints), List.copyOf(spread), most, TreePMap.empty(), false, false);
    }

    private static Optional<Constraint> constraint(Value item) {
        String text = item.text().orElse("");
        Matcher matcher = CONSTRAINT.matcher(text);
        if (NO_DIFFERENCE.matcher(text).matches()) {
            item.note("\"" + Shown.word(text) + "\" has no effect: every node runs Linux and may run services");
            return Optional.empty();
        }
        if (!matcher.matches()) {
            item.complain("must be like node.labels.disk == ssd or node.name != n1, not \"" + Shown.word(text) + "\"");
            return Optional.empty();
        }
        String label = matcher.group(2);
        return Optional.of(
                new Constraint(label == null ? "" : label, matcher.group(3).equals("=="), matcher.group(4)));
    }

    private static Optional<String> spread(Value item) {
        String text = item.text().orElse("");
        Matcher matcher = SPREAD.matcher(text);
        if (!matcher.matches()) {
            item.complain("must be like node.labels.datacenter, not \"" + Shown.word(text) + "\"");
            return Optional.empty();
        }
        return Optional.of(matcher.group(1));
    }
}
