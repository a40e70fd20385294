package io.flocker.verify.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.engine.DockerEngine;
import io.flocker.agent.engine.EngineFailure;
import io.flocker.agent.program.Program;
import io.flocker.agent.transfer.ImageFinder;
import io.flocker.agent.volume.MemoryDriver;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.spec.ServiceSpec.Pull;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Images between two real engines over mutual TLS. No registry can be reached.
@Tag("engine")
class ImageTransferTest {
    private static final String NAME = "registry.invalid/app:1";

    @TempDir
    private Path folder;

    @Test
    void anImageThatNoRegistryGivesComesFromAnotherNodeAndIsTheSame() throws Exception {
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.writeString(root.resolve("file"), "content");
        Path tar = folder.resolve("root.tar");
        Program.of("tar", "-cf", tar.toString(), "-C", root.toString(), ".").run();
        try (var there = new TestEngine(folder.resolve("there"));
                var here = new TestEngine(folder.resolve("here"));
                var engine = new DockerEngine(here.socket())) {
            there.command("import", "--change", "ENTRYPOINT [\"/bin/app\"]", tar.toString(), NAME)
                    .run();
            there.command("import", tar.toString(), "registry.invalid/app:2").run();
            String id = there.command("inspect", "-f", "{{.Id}}", NAME).run().strip();
            try (var node = new SendingNode(folder, new MemoryDriver(folder.resolve("pool")), 0, there.socket())) {
                var finder = new ImageFinder(engine, node.peers);

                finder.get(wanted(NAME), assignment());

                assertThat(here.command("inspect", "-f", "{{.Id}}", NAME).run().strip())
                        .isEqualTo(id);
                assertThat(engine.image(NAME)).map(image -> image.id()).contains(id);
                assertThat(here.command("images", "-q").run().lines()).hasSize(1);
                assertThatThrownBy(() -> finder.get(wanted("registry.invalid/app:3"), assignment()))
                        .isInstanceOf(EngineFailure.class)
                        .hasMessageContaining("registry.invalid")
                        .hasMessageContaining("no other node has it");
            }
        }
    }

    private static WantedImage wanted(String name) {
        return new WantedImage(name, Pull.MISSING, "", "op");
    }

    private static Assignment assignment() {
        TreePMap<String, Place> nodes = TreePMap.singleton("n2", new Place("10.0.0.2", ""));
        return new Assignment(
                "n2",
                nodes.plus("n1", new Place(SendingNode.ADDRESS, "")),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty());
    }
}
