package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.pack.BuildContext;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.client.api.Requests;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.pcollections.TreePMap;

/// Reads `build`: a folder beside the Compose file, and how to make an image of it.
final class BuildReader {
    private static final Pattern REMOTE =
            Pattern.compile("(?i)[a-z][a-z0-9+.-]*://.*|git@.*|github\\.com/.*|.*\\.git(?:#.*)?|service:.*");
    private static final int TAG_BYTES = 6;

    /// Keys that are known but not supported, each with what to use instead.
    private static final Map<String, String> UNSUPPORTED = Map.ofEntries(
            Map.entry("additional_contexts", "put what is needed into the context"),
            Map.entry("cache_from", "the node's engine keeps a cache of its own; remove it"),
            Map.entry("cache_to", "the node's engine keeps a cache of its own; remove it"),
            Map.entry("dockerfile_inline", "write it into a file and name that under dockerfile"),
            Map.entry("entitlements", "builds run without privileges; remove it"),
            Map.entry("extra_hosts", "use args for the addresses"),
            Map.entry("isolation", "it is for Windows containers"),
            Map.entry("network", "builds run on the engine's default network; remove it"),
            Map.entry("platforms", "an image is built for one; use the service's platform"),
            Map.entry("privileged", "builds run without privileges; remove it"),
            Map.entry("provenance", "it is for registries; remove it"),
            Map.entry("sbom", "it is for registries; remove it"),
            Map.entry("secrets", "build the image with docker build, and name it under image"),
            Map.entry("shm_size", "builds have the engine's own; remove it"),
            Map.entry("ssh", "build the image with docker build, and name it under image"),
            Map.entry("tags", "name the image under the service's image"),
            Map.entry("ulimits", "builds have the engine's own; remove it"));

    private final Variables variables;

    BuildReader(Variables variables) {
        this.variables = variables;
    }

    /// What to build for a service; empty if it has no `build`, or a wrong one.
    Optional<ServiceBuild> read(String name, Section service) {
        Optional<Value> value = service.get("build");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Section section = value.get().section("build");
        section.refuse(UNSUPPORTED);
        String dockerfile = Optional.of(section.text("dockerfile"))
                .filter(it -> !it.isBlank())
                .orElse("Dockerfile");
        String image = service.text("image").strip();
        if (!image.isEmpty() && !Names.image(image)) {
            service.get("image").ifPresent(it -> it.complain("is not an image's name: \"" + Shown.word(image) + "\""));
        }
        var request = new Requests.Build(
                "",
                image,
                dockerfile,
                section.text("target"),
                service.text("platform"),
                args(section),
                SandboxReader.texts(section.entries("labels")),
                section.flag("pull"),
                section.flag("no_cache"));
        Value at = section.get("context").orElse(value.get());
        Optional<Path> folder = value.get().isMap() ? folder(section, at) : Optional.empty();
        section.end();
        boolean always = service.text("pull_policy").equals("build");
        return folder.flatMap(it -> context(at, it, request)).map(context -> named(name, context, request, always));
    }

    private TreePMap<String, String> args(Section section) {
        var args = new TreeMap<String, String>();
        section.entries("args").forEach((name, value) -> {
            if (value.isNull()) {
                variables.get(name).ifPresent(it -> args.put(name, it));
            } else {
                value.text().ifPresent(it -> args.put(name, it));
            }
        });
        return TreePMap.from(args);
    }

    private static Optional<Path> folder(Section section, Value at) {
        Optional<String> written = section.has("context") ? at.word() : Optional.of(".");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        String context = written.get();
        if (REMOTE.matcher(context).matches()) {
            at.complain("is \"" + Shown.word(context) + "\", and only local folders can be built from; fetch it, and"
                    + " name the folder");
            return Optional.empty();
        }
        Optional<Path> folder = at.place().resolve(context).filter(Files::isDirectory);
        if (folder.isEmpty()) {
            at.complain("is \"" + Shown.word(context) + "\", and there is no such folder");
        }
        return folder;
    }

    private static Optional<BuildContext> context(Value at, Path folder, Requests.Build request) {
        Path dockerfile = folder.resolve(request.dockerfile()).normalize();
        if (!dockerfile.startsWith(folder)) {
            at.complain("has the Dockerfile " + Shown.word(request.dockerfile()) + " outside of it; move it inside");
            return Optional.empty();
        }
        if (!Files.isRegularFile(dockerfile)) {
            at.complain(
                    "has no " + Shown.word(request.dockerfile()) + "; write one, or name it under build.dockerfile");
            return Optional.empty();
        }
        try {
            return Optional.of(
                    BuildContext.of(folder, folder.relativize(dockerfile).toString()));
        } catch (IOException | UncheckedIOException e) {
            at.complain("cannot be packed: " + folder + " " + e.getMessage());
            return Optional.empty();
        }
    }

    /// The request under the name that tells what it is built from: the context, and what is done with it.
    private ServiceBuild named(String service, BuildContext context, Requests.Build request, boolean always) {
        String path = context.folder()
                .relativize(context.folder().resolve(request.dockerfile()).normalize())
                .toString();
        String inputs = context.digest() + path + "\n" + request.target() + "\n" + request.platform() + "\n"
                + Json.text(request.args()) + "\n" + Json.text(request.labels());
        String name = variables.get("COMPOSE_PROJECT_NAME").orElse("") + "-" + service;
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        var build = new Requests.Build(
                Requests.Build.REGISTRY + slug + ":" + hash(inputs),
                request.alias(),
                path,
                request.target(),
                request.platform(),
                request.args(),
                request.labels(),
                request.pull(),
                request.noCache());
        return new ServiceBuild(context, build, always);
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /// What an image is built from, and as what: the same for services that can share it.
    static String tag(ServiceBuild build) {
        String image = build.request().image();
        return image.substring(image.lastIndexOf(':')) + " " + build.request().alias();
    }
}
