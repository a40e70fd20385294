package io.flocker.control.api;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.ApplicationSpec;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Service;
import io.flocker.core.model.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/// What deploying an application would do, step by step, in words. Empty if nothing.
final class Changes {
    private Changes() {}

    static List<String> of(ClusterState state, String name, ApplicationSpec target) {
        List<String> changes = new ArrayList<>();
        Environment environment = state.environment(name).orElseGet(() -> {
            changes.add("+ environment " + name);
            return Environment.named(name, 0);
        });
        target.volumes().keySet().stream()
                .filter(volume -> !environment.volumes().containsKey(volume))
                .forEach(volume -> changes.add("+ volume " + volume));
        target.services().forEach((service, spec) -> service(environment, target, service, spec, changes));
        environment.services().keySet().stream()
                .filter(service -> !target.services().containsKey(service))
                .forEach(service -> changes.add("- service " + service));
        environment.volumes().keySet().stream()
                .filter(volume -> !target.volumes().containsKey(volume))
                .forEach(volume -> changes.add("  volume " + volume + " is kept, though no service uses it"));
        return changes;
    }

    private static void service(
            Environment environment, ApplicationSpec target, String name, ServiceSpec spec, List<String> changes) {
        Service known = environment.services().get(name);
        if (known == null) {
            changes.add("+ service " + name + " (" + spec.image() + ", " + spec.scale() + " instances)");
            return;
        }
        if (!known.release().sameAs(spec, target.filesOf(spec))) {
            String image = known.spec().image().equals(spec.image())
                    ? "its settings change"
                    : known.spec().image() + " -> " + spec.image();
            changes.add("~ service " + name + ": release " + known.current() + " -> " + (known.current() + 1) + ", "
                    + image);
        }
        if (known.scale() != spec.scale()) {
            changes.add("~ service " + name + ": " + known.scale() + " -> " + spec.scale() + " instances");
        }
    }
}
