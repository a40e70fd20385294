package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Reads what a container may see and do beyond its image.
final class SandboxReader {
    private SandboxReader() {}

    /// @param networkMode as [Dependencies] read it
    static Sandbox read(Section service, String networkMode) {
        Optional<Section> logging = service.get("logging").map(it -> it.section("logging"));
        var sandbox = new Sandbox(
                service.flag("privileged"),
                service.flag("read_only"),
                service.texts("cap_add"),
                service.texts("cap_drop"),
                service.texts("security_opt"),
                devices(service),
                texts(service.entries("sysctls")),
                ulimits(service),
                service.texts("dns"),
                hosts(service),
                networkMode,
                namespace(service, "pid", List.of("host")),
                namespace(service, "ipc", List.of("host", "none", "private", "shareable")),
                service.text("platform"),
                service.bytes("shm_size"),
                logging.map(it -> it.text("driver")).orElse(""),
                logging.map(it -> texts(it.entries("options"))).orElse(TreePMap.empty()));
        logging.ifPresent(Section::end);
        return sandbox;
    }

    /// The entries of a map of texts; an entry without a value has the empty text.
    static TreePMap<String, String> texts(Map<String, Value> entries) {
        var texts = new TreeMap<String, String>();
        entries.forEach((name, value) -> value.text().ifPresent(text -> texts.put(name, text)));
        return TreePMap.from(texts);
    }

    private static String namespace(Section service, String key, List<String> known) {
        String text = service.text(key);
        if (!text.isEmpty() && !known.contains(text)) {
            service.get(key)
                    .ifPresent(value -> value.complain("must be " + String.join(", ", known) + ", not \""
                            + Shown.word(text) + "\"; containers do not share namespaces with each other"));
        }
        return text;
    }

    private static List<String> devices(Section service) {
        var devices = new ArrayList<String>();
        for (Value item : service.items("devices")) {
            if (item.isMap()) {
                Section device = item.section("a device");
                String source = device.get("source").flatMap(Value::word).orElse("");
                String target = device.get("target").flatMap(Value::word).orElse(source);
                String permissions =
                        device.get("permissions").flatMap(Value::word).orElse("rwm");
                device.end();
                if (source.isEmpty()) {
                    item.complain("must have a source, the node's device");
                }
                devices.add(source + ":" + target + ":" + permissions);
            } else {
                item.word().ifPresent(devices::add);
            }
        }
        return List.copyOf(devices);
    }

    private static TreePMap<String, String> ulimits(Section service) {
        var limits = new TreeMap<String, String>();
        service.entries("ulimits").forEach((name, value) -> {
            if (value.isMap()) {
                Section limit = value.section("a ulimit");
                long soft = limit.number("soft", -1, Long.MAX_VALUE).orElse(-1);
                long hard = limit.number("hard", -1, Long.MAX_VALUE).orElse(-1);
                limit.end();
                limits.put(name, soft + ":" + hard);
            } else {
                value.number(-1, Long.MAX_VALUE).ifPresent(both -> limits.put(name, both + ":" + both));
            }
        });
        return TreePMap.from(limits);
    }

    private static List<String> hosts(Section service) {
        var hosts = new ArrayList<String>();
        for (Value item : service.items("extra_hosts")) {
            String text = item.word().orElse("");
            int split = text.indexOf('=') >= 0 ? text.indexOf('=') : text.indexOf(':');
            if (split > 0 && split < text.length() - 1) {
                String address = text.substring(split + 1).strip().replaceFirst("^\\[(.*)\\]$", "$1");
                hosts.add(text.substring(0, split).strip() + ":" + address);
            } else if (!text.isEmpty()) {
                item.complain("must be NAME=ADDRESS, not \"" + Shown.word(text) + "\"");
            }
        }
        return List.copyOf(hosts);
    }
}
