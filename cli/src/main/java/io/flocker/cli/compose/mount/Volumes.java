package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.core.spec.VolumeSpec;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// The volumes of an application: those its file declares, and those made for folders that come along and for paths
/// that are to be kept without a name. Remembers which ones services use; the others are left out.
public final class Volumes {
    private static final Map<String, String> REFUSED = Map.of(
            "driver_opts",
            "the data of a volume lives in Flocker's pool; to use a folder of the node, bind its absolute path in the"
                    + " service: /srv/data:/data");

    private final Map<String, VolumeSpec> declared = new TreeMap<>();
    private final Map<String, VolumeSpec> used = new TreeMap<>();
    private final VolumeOptions defaults;

    /// Reads `volumes` of a document.
    ///
    /// @param own its `x-flocker`, whose other keys are other readers'
    public Volumes(Section document, Optional<Section> own) {
        this.defaults =
                own.map(it -> VolumeOptions.read(it, VolumeOptions.NONE)).orElse(VolumeOptions.NONE);
        document.entries("volumes").forEach(this::declare);
    }

    private void declare(String name, Value value) {
        if (!Names.valid(name)) {
            value.complainAtKey("cannot be the name of a volume: " + Names.RULE);
        }
        Section volume = value.section("a volume");
        volume.refuse(REFUSED);
        String driver = volume.text("driver");
        if (!driver.isEmpty() && !driver.equals("local") && !driver.equals("default")) {
            volume.get("driver")
                    .ifPresent(it -> it.complain(
                            "cannot be \"" + Shown.word(driver) + "\": volumes live in Flocker's pool; remove it"));
        }
        External.refuse(
                volume,
                "remove it, so that Flocker makes the volume; existing data can be copied in with" + " flocker exec");
        volume.note("name", "is not used: volumes are named within their environment, this one \"" + name + "\"");
        Map<String, String> labels = new TreeMap<>();
        volume.entries("labels").forEach((key, label) -> label.text().ifPresent(text -> labels.put(key, text)));
        Optional<Section> own = volume.get("x-flocker").map(it -> it.section("x-flocker"));
        VolumeOptions options = own.map(it -> VolumeOptions.read(it, defaults)).orElse(defaults);
        own.ifPresent(Section::end);
        volume.end();
        declared.put(
                name,
                new VolumeSpec(
                        options.sizeBytes(), options.snapshots(), options.replication(), "", TreePMap.from(labels)));
    }

    /// Uses a volume that the file declares; complains if it does not.
    Optional<String> named(Value at, String name) {
        VolumeSpec spec = declared.get(name);
        if (spec == null) {
            String shown = Shown.word(name);
            at.complain(
                    name.indexOf('/') >= 0
                            ? "uses \"" + shown + "\", which is not a volume's name; a folder beside the file is"
                                    + " written ./" + shown
                            : "uses the volume \"" + shown + "\", which is not declared under volumes"
                                    + Nearest.to(name, declared.keySet())
                                            .map(near -> "; did you mean \"" + near + "\"?")
                                            .orElse("; add it there, or write ./" + shown + " for a folder"));
            return Optional.empty();
        }
        used.put(name, spec);
        return Optional.of(name);
    }

    /// Uses a volume of its own making.
    ///
    /// @param seed as in [VolumeSpec#seedBase64]
    String made(String name, String seed) {
        used.put(
                name,
                new VolumeSpec(
                        defaults.sizeBytes(), defaults.snapshots(), defaults.replication(), seed, TreePMap.empty()));
        return name;
    }

    public TreePMap<String, VolumeSpec> used() {
        return TreePMap.from(used);
    }
}
