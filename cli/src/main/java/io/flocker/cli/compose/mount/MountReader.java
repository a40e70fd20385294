package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.text.Yaml;
import io.flocker.cli.compose.unit.Sizes;
import io.flocker.core.spec.Mount;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Reads what a service mounts: `volumes` in both forms, `tmpfs`, `configs` and `secrets`. The mounts come out ordered
/// by path, so that a folder is mounted before what is mounted inside it.
public final class MountReader {
    private static final Set<String> NO_EFFECT = Set.of("rw", "cached", "delegated", "consistent", "default");
    private static final int MAX_MODE = 0_7777;

    private final Volumes volumes;
    private final Contents contents;
    private final Binds binds;

    public MountReader(Volumes volumes, Contents contents, Variables variables) {
        this.volumes = volumes;
        this.contents = contents;
        this.binds = new Binds(volumes, contents, variables);
    }

    /// The mounts of one service, by path.
    private static final class Found {
        final Map<String, Mount> mounts = new TreeMap<>();

        void add(Value at, Mount mount) {
            if (mounts.putIfAbsent(mount.path(), mount) != null) {
                at.complain("mounts a second thing at " + Shown.word(mount.path()));
            }
        }
    }

    public List<Mount> read(String service, Section section) {
        var found = new Found();
        for (Value item : section.items("volumes")) {
            Optional<Mount> mount = item.isMap()
                    ? longForm(service, item)
                    : item.word().flatMap(text -> shortForm(service, item, text));
            mount.ifPresent(it -> found.add(item, it));
        }
        for (Value item : section.get("tmpfs").map(Value::itemsOrOne).orElse(List.of())) {
            item.word().flatMap(text -> memory(item, text)).ifPresent(it -> found.add(item, it));
        }
        for (Value item : section.items("configs")) {
            file(item, "config", "/").ifPresent(it -> found.add(item, it));
        }
        for (Value item : section.items("secrets")) {
            file(item, "secret", "/run/secrets/").ifPresent(it -> found.add(item, it));
        }
        return List.copyOf(found.mounts.values());
    }

    private Optional<Mount> shortForm(String service, Value item, String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 3) {
            item.complain("must be SOURCE:TARGET or SOURCE:TARGET:ro, not \"" + Shown.word(text) + "\"");
            return Optional.empty();
        }
        Optional<String> target = target(item, parts[Math.min(1, parts.length - 1)]);
        boolean readOnly = parts.length == 3 && readOnly(item, parts[2]);
        if (target.isEmpty()) {
            return Optional.empty();
        }
        if (parts.length == 1) {
            return Optional.of(anonymous(service, target.get(), readOnly));
        }
        return Binds.isPath(parts[0])
                ? binds.mount(item, parts[0], target.get(), readOnly)
                : volumes.named(item, parts[0]).map(name -> new Mount.Volume(name, target.get(), readOnly));
    }

    private static boolean readOnly(Value item, String options) {
        boolean readOnly = false;
        for (String option : options.split(",", -1)) {
            switch (option) {
                case "ro" -> readOnly = true;
                case "z", "Z" -> item.note("is mounted without the SELinux label that \"" + option + "\" asks for");
                case "nocopy" -> item.note("starts empty or from a snapshot; nocopy changes nothing");
                default -> {
                    if (!NO_EFFECT.contains(option)) {
                        item.complain("has the option \"" + Shown.word(option) + "\"; ro and rw can be used");
                    }
                }
            }
        }
        return readOnly;
    }

    private Mount anonymous(String service, String target, boolean readOnly) {
        return new Mount.Volume(volumes.made(Binds.name(service + target), ""), target, readOnly);
    }

    private Optional<Mount> longForm(String service, Value item) {
        Section mount = item.section("a volume");
        mount.refuse(Map.of("image", "mount a volume instead", "cluster", "mount a volume instead"));
        String type = mount.oneOf("type", "volume", "bind", "tmpfs");
        String source = mount.text("source");
        Optional<Value> at = mount.get("target");
        Optional<String> target = at.flatMap(Value::text).flatMap(text -> target(at.get(), text));
        boolean readOnly = mount.flag("read_only");
        mount.text("consistency");
        mount.get("volume").ifPresent(MountReader::volumeOptions);
        mount.get("bind").ifPresent(MountReader::bindOptions);
        long size = mount.get("tmpfs").map(MountReader::tmpfsSize).orElse(0L);
        mount.end();
        if (at.isEmpty()) {
            item.complain("must have a target, the path in the container");
        }
        if (target.isEmpty()) {
            return Optional.empty();
        }
        return switch (type) {
            case "tmpfs" -> Optional.of(new Mount.Memory(target.get(), size));
            case "bind" -> bind(item, source, target.get(), readOnly);
            default ->
                source.isEmpty()
                        ? Optional.of(anonymous(service, target.get(), readOnly))
                        : volumes.named(item, source).map(name -> new Mount.Volume(name, target.get(), readOnly));
        };
    }

    private Optional<Mount> bind(Value item, String source, String target, boolean readOnly) {
        if (source.isEmpty()) {
            item.complain("must have a source, the path to bind");
            return Optional.empty();
        }
        return binds.mount(item, source, target, readOnly);
    }

    private static void volumeOptions(Value value) {
        Section options = value.section("a volume's options");
        options.refuse(Map.of("subpath", "make a volume of its own", "labels", "label the volume itself"));
        options.get("nocopy").filter(Value::flag).ifPresent(it -> it.note("changes nothing"));
        options.end();
    }

    private static void bindOptions(Value value) {
        Section options = value.section("a bind's options");
        options.refuse(Map.of("propagation", "mounts of the node do not reach containers; remove it"));
        options.get("create_host_path").ifPresent(Value::flag);
        options.note("selinux", "has no effect");
        options.get("recursive").ifPresent(it -> it.note("has no effect"));
        options.end();
    }

    private static long tmpfsSize(Value value) {
        Section options = value.section("tmpfs");
        long size = options.bytes("size");
        options.note("mode", "has no effect: everyone may write, as in /tmp");
        options.end();
        return size;
    }

    /// `/run` or `/run:size=64m,mode=1777`.
    private static Optional<Mount> memory(Value item, String text) {
        int colon = text.indexOf(':');
        Optional<String> target = target(item, colon < 0 ? text : text.substring(0, colon));
        long size = 0;
        for (String option :
                colon < 0 ? new String[0] : text.substring(colon + 1).split(",", -1)) {
            if (option.startsWith("size=")) {
                var bytes = Sizes.bytes(option.substring("size=".length()));
                if (bytes.isEmpty()) {
                    item.complain("must have a size such as size=64m, not \"" + Shown.word(option) + "\"");
                }
                size = bytes.orElse(0);
            } else {
                item.note("ignores the option " + option + "; only size= counts");
            }
        }
        long bytes = size;
        return target.map(path -> new Mount.Memory(path, bytes));
    }

    private Optional<Mount> file(Value item, String kind, String folder) {
        String source;
        Optional<String> path = Optional.empty();
        String mode = "0444";
        if (item.isMap()) {
            Section file = item.section("a " + kind);
            source = file.get("source").flatMap(Value::word).orElse("");
            path = file.get("target").flatMap(Value::word);
            mode = file.get("mode").map(MountReader::mode).orElse(mode);
            file.note("uid", "has no effect: files belong to root");
            file.note("gid", "has no effect: files belong to root");
            file.end();
            if (source.isEmpty()) {
                item.complain("must have a source, the name of the " + kind);
                return Optional.empty();
            }
        } else {
            source = item.word().orElse("");
        }
        if (source.isEmpty()) {
            return Optional.empty();
        }
        String wanted = path.orElse(source);
        Optional<String> target = target(item, wanted.startsWith("/") ? wanted : folder + wanted);
        Optional<String> file = contents.use(item, kind, source);
        String octal = mode;
        return target.isEmpty() ? Optional.empty() : file.map(it -> new Mount.File(it, target.get(), octal));
    }

    /// A mode in octal: `0444`, `0o444` or `"444"`. A bare `444` would be read as decimal by others.
    private static String mode(Value value) {
        String text = value.text().orElse("");
        boolean octal = text.matches("0o?[0-7]{1,5}") || (text.matches("[0-7]{3,4}") && quoted(value));
        int mode = octal ? Integer.parseInt(text.replace("o", ""), 8) : MAX_MODE + 1;
        if (mode > MAX_MODE) {
            value.complain("must be a mode in octal such as \"0444\", not \"" + Shown.word(text) + "\"");
            return "0444";
        }
        return String.format(Locale.ROOT, "0%03o", mode);
    }

    private static boolean quoted(Value value) {
        return value.node() instanceof Yaml.Scalar scalar && scalar.quoted();
    }

    /// An absolute path in the container, without `.`, `..` and superfluous slashes.
    private static Optional<String> target(Value item, String path) {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            item.complain("must be mounted at an absolute path in the container, not \"" + Shown.word(path) + "\"");
            return Optional.empty();
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        if (parts.isEmpty()) {
            item.complain("cannot be mounted at /, the root of the container");
            return Optional.empty();
        }
        return Optional.of("/" + String.join("/", parts));
    }
}
