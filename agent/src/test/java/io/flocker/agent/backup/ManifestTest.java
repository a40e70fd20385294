package io.flocker.agent.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// Manifests as they are stored: what an older Flocker backed up must stay readable.
class ManifestTest {
    private static final byte[] SALT = new byte[Seal.SALT_BYTES];
    private static final Manifest MANIFEST = new Manifest(
            "20260131t120000z-abc",
            "shop.data.0123456789",
            "shop/data",
            "20260130t120000z-xyz",
            "1.1",
            "1.2",
            "btrfs",
            1_769_860_800_000L,
            Manifest.CHUNK_BYTES + 1L,
            "00",
            Base64.getEncoder().encodeToString(new byte[2 * Manifest.HASH_BYTES]));

    /// Of format 1, made with a key and a salt of zeros.
    private static final String STORED =
            "eyJmb3JtYXQiOjEsImtleSI6IjJhN2QyYTcwY2Q0MDhhMjUiLCJzYWx0QmFzZTY0IjoiQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
                    + "QUFBQUFBQUFBQUFBQUFBQUFBQT0ifQrs3fYtTwp1hx6aYx/lmnL9XO4A2y4et1ElqR1Rj99YRFzzYPmfWekVsF52EjBmXzWH/ofU"
                    + "MxLGxS+5ZNzbno/YUuflHARoEzIyNXzxaZ7T8gOTH6emXqOu6wHrUnn9LeWDl92JpL/CMHImHLN/AH7qDepFjJGAhy6sjx2GYkof"
                    + "yCHoWUjZHDSB890UKoWTEu+rNR1SZ/QBi0wW8gHelCMjkoNMBX2ZAJQbbeSRgxoBZzCBe6IAsZtOSChkMkYB7CejY61Pae5eOP6q"
                    + "AmXOSx/4Ht6p7TwkpMYU0QHCT1OhgL/4ipbHHkpea47pbqro6GUAJbQzxL7Tcp392EzSdDSt5GT5smiKnuxxckwDesZ3bSQvRzo4"
                    + "BnWgxPerQ0tfXhyNGP9PmNJvOBlJHX2XB348uAYPUfwJkgB0JoEbUZLSkk3gdUWxikKaWA2WbG/IpRLbI/3dsksvLjpM/fW3Jd0=";

    private static byte[] key() throws IOException {
        return Seal.key(Scene.KEY);
    }

    @Test
    void theFormatIsAsItWas() throws IOException {
        byte[] sealed = MANIFEST.sealed(key(), SALT);
        assertThat(Base64.getEncoder().encodeToString(sealed)).isEqualTo(STORED);
        byte[] stored = Base64.getDecoder().decode(STORED);
        Manifest.Opened opened = Manifest.open(stored, key(), MANIFEST.volume(), MANIFEST.id());
        assertThat(opened.manifest()).isEqualTo(MANIFEST);
        assertThat(opened.manifest().chunks()).isEqualTo(2);
        assertThat(opened.manifest().storedBytes(0)).isEqualTo(Manifest.CHUNK_BYTES + Seal.TAG_BYTES);
        assertThat(opened.manifest().storedBytes(1)).isEqualTo(1 + Seal.TAG_BYTES);
    }

    @Test
    void oneOfAnotherFormatOrFromAnotherPlaceIsRefused() throws IOException {
        byte[] sealed = MANIFEST.sealed(key(), SALT);
        String text = new String(sealed, StandardCharsets.ISO_8859_1).replace("\"format\":1", "\"format\":2");
        assertThatThrownBy(() -> Manifest.open(
                        text.getBytes(StandardCharsets.ISO_8859_1), key(), MANIFEST.volume(), MANIFEST.id()))
                .hasMessageContaining("is of format 2");
        assertThatThrownBy(() -> Manifest.open(sealed, key(), MANIFEST.volume(), "20260131t120000z-other"))
                .hasMessageContaining("is damaged");
        assertThatThrownBy(() -> Manifest.open(sealed, key(), "shop.other.1", MANIFEST.id()))
                .hasMessageContaining("is not in its place");
        assertThatThrownBy(() -> Manifest.open(new byte[100], key(), MANIFEST.volume(), MANIFEST.id()))
                .hasMessageContaining("does not begin as one does");
    }

    @Test
    void aSealTellsOneChunkFromAnother() throws IOException {
        Seal seal = Seal.of(key(), SALT, "one");
        byte[] plain = "plain".getBytes(StandardCharsets.UTF_8);
        byte[] sealed = seal.close(0, plain, plain.length);
        assertThat(seal.open(0, sealed)).isEqualTo(plain);
        assertThat(seal.close(1, plain, plain.length)).isNotEqualTo(sealed);
        assertThatThrownBy(() -> seal.open(1, sealed)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> Seal.of(key(), SALT, "two").open(0, sealed)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> Seal.of(Seal.key(Scene.OTHER_KEY), SALT, "one").open(0, sealed))
                .hasMessageContaining("damaged");
    }
}
