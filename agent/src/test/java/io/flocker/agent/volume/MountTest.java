package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTest {
    @Test
    void readsALineOfMountinfo() {
        assertThat(Mount.parse(
                        "43 27 0:40 /a /data\\040two rw,relatime shared:5 master:1 - btrfs /dev/loop0 rw,subvolid=5"))
                .contains(new Mount("0:40", Path.of("/data two"), "btrfs", "/dev/loop0", "rw,subvolid=5"));
    }

    @Test
    void readsALineWithoutOptionalFields() {
        assertThat(Mount.parse("43 27 0:40 / /data rw - tmpfs none rw").map(Mount::point))
                .contains(Path.of("/data"));
    }

    @Test
    void passesOverWhatItDoesNotUnderstand() {
        assertThat(Mount.parse("")).isEmpty();
        assertThat(Mount.parse("43 27 0:40 / - tmpfs none rw")).isEmpty();
    }
}
