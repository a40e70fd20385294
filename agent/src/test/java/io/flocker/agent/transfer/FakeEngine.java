package io.flocker.agent.transfer;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.engine.EngineFailure;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// An engine that has images and nothing else. Its registry has what [#registry] has, or fails as [#failure] says; a
/// command it runs ends as [#ran] says.
public final class FakeEngine implements ContainerEngine {
    final Map<String, String> images = new ConcurrentHashMap<>();
    final Map<String, String> registry = new ConcurrentHashMap<>();

    @Nullable
    EngineFailure failure;

    /// What became of commands, by their text; one that is not here ends well.
    public final Map<String, Ran> ran = new ConcurrentHashMap<>();

    /// Where its control groups are.
    public Path groups = Path.of("/sys/fs/cgroup/freezer");

    /// What runs, by container.
    public final Map<String, Path> inGroup = new ConcurrentHashMap<>();

    /// What was done, in order.
    public final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void pull(WantedImage image) throws EngineFailure {
        String id = registry.get(image.reference());
        if (failure != null || id == null) {
            throw failure == null ? EngineFailure.of("There is no image " + image.reference(), true) : failure;
        }
        images.put(image.reference(), id);
    }

    @Override
    public Optional<Image> image(String name) {
        return Optional.ofNullable(images.get(name)).map(id -> new Image(id, id.length()));
    }

    @Override
    public void save(String name, OutputStream out) throws IOException {
        out.write(image(name).orElseThrow().id().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void load(WantedImage image, InputStream archive) throws IOException {
        images.put(image.reference(), new String(archive.readAllBytes(), StandardCharsets.UTF_8));
    }

    @Override
    public Sight look() {
        return new Sight(TreePMap.empty(), List.of(), TreePMap.empty(), List.of(), List.of(), Map.of());
    }

    @Override
    public TreePMap<String, String> images(Collection<WantedImage> wanted) {
        return TreePMap.from(images);
    }

    @Override
    public TreePMap<String, List<Integer>> exposed(Collection<WantedImage> wanted) {
        return TreePMap.empty();
    }

    @Override
    public void createNetwork(String environment) {}

    @Override
    public void deleteNetwork(String environment) {}

    @Override
    public void start(WantedInstance instance, WantedEnvironment environment, Lodging lodging) {
        told.add("start " + instance.key() + " in " + lodging.group());
    }

    @Override
    public Path group(String name) {
        return groups.resolve(name);
    }

    @Override
    public Optional<Path> groupOf(String container) {
        return Optional.ofNullable(inGroup.get(container));
    }

    @Override
    public void removeGroups(String parent, Set<String> used) {}

    @Override
    public void startAgain(String container) {}

    @Override
    public void stop(String container, long graceMillis) {}

    @Override
    public void remove(String container) {}

    @Override
    public void forgetVolume(String volume) {}

    @Override
    public Ran run(String container, List<String> command, long timeoutMillis) {
        String text = String.join(" ", command);
        told.add(text);
        return ran.getOrDefault(text, new Ran(OptionalInt.of(0), ""));
    }

    @Override
    public Standstill standstill(String environment) {
        return action -> {
            told.add("freeze " + environment);
            try {
                action.run();
            } finally {
                told.add("thaw " + environment);
            }
            return 1_000;
        };
    }

    @Override
    public OptionalLong cpuNanos(String container) {
        return OptionalLong.of(0);
    }

    @Override
    public Optional<Use> use(String container) {
        return Optional.of(Use.NOTHING);
    }

    @Override
    public String tail(String container, int most) {
        return "";
    }

    @Override
    public void onChange(Runnable listener) {}

    @Override
    public void close() {}
}
