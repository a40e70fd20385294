package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Reads `build`. Images are not built yet, so that for now a `build` is refused with the command that builds it.
final class BuildReader {
    private static final String[] OTHERS = {
        "additional_contexts",
        "cache_from",
        "cache_to",
        "dockerfile_inline",
        "entitlements",
        "extra_hosts",
        "isolation",
        "labels",
        "network",
        "no_cache",
        "platforms",
        "privileged",
        "pull",
        "secrets",
        "shm_size",
        "ssh",
        "tags",
        "ulimits",
        "provenance",
        "sbom"
    };

    private BuildReader() {}

    /// What to build an image from.
    ///
    /// @param target the stage to build; empty for the last
    record Build(String context, String dockerfile, TreePMap<String, String> args, String target) {}

    static Optional<Build> read(Section service) {
        Optional<Value> value = service.get("build");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Section section = value.get().section("build");
        var build = new Build(
                section.get("context").flatMap(Value::word).orElse("."),
                section.text("dockerfile"),
                section.get("args")
                        .filter(Value::isMap)
                        .map(it -> SandboxReader.texts(it.entries()))
                        .orElse(TreePMap.empty()),
                section.text("target"));
        for (String key : OTHERS) {
            section.present(key);
        }
        section.end();
        return Optional.of(build);
    }

    /// Complains, with the command to run instead.
    static void refuse(Value at, Build build, String image) {
        String name = image.isEmpty() ? "NAME" : image;
        var command = new StringBuilder("docker build -t ").append(name);
        if (!build.dockerfile.isEmpty()) {
            command.append(" -f ").append(build.dockerfile);
        }
        if (!build.target.isEmpty()) {
            command.append(" --target ").append(build.target);
        }
        at.complainAtKey("is not supported yet: run \"" + Shown.line(command + " " + build.context) + "\", "
                + (image.isEmpty() ? "write image: NAME instead of build" : "and remove build"));
    }
}
