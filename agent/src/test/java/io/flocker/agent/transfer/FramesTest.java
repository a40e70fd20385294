package io.flocker.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A transfer's form: what arrives is what was sent, or nothing is.
class FramesTest {
    private static final Header HEADER = new Header("data@2.7", "2.6", "btrfs", 123);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 300_000})
    void whatIsSentArrives(int length) throws IOException {
        byte[] content = random(length);

        var framed = new FramedInput(new ByteArrayInputStream(sent(content)));

        assertThat(framed.header()).isEqualTo(HEADER);
        assertThat(framed.readAllBytes()).isEqualTo(content);
        assertThat(framed.read()).isEqualTo(-1);
    }

    @Test
    void aCutAnywhereIsNoticed() throws IOException {
        byte[] sent = sent(random(2_000));

        for (int cut = 0; cut < sent.length; cut++) {
            byte[] part = Arrays.copyOf(sent, cut);
            assertThatThrownBy(() -> new FramedInput(new ByteArrayInputStream(part)).readAllBytes())
                    .as("cut after " + cut)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aChangedByteAnywhereIsNoticed() throws IOException {
        byte[] content = random(500);
        byte[] sent = sent(content);
        var random = new SplittableRandom(11);

        for (int at = 0; at < sent.length; at++) {
            byte[] changed = sent.clone();
            changed[at] ^= (byte) (1 << random.nextInt(8));
            byte[] arrived;
            try {
                var framed = new FramedInput(new ByteArrayInputStream(changed));
                if (!framed.header().equals(HEADER)) {
                    // A header is checked by whoever reads it.
                    continue;
                }
                arrived = framed.readAllBytes();
            } catch (IOException e) {
                continue;
            }
            assertThat(arrived).as("changed at " + at).isEqualTo(content);
        }
    }

    @Test
    void aSenderSaysWhyItCannotGoOn() throws IOException {
        var stream = new ByteArrayOutputStream();
        var out = new FramedOutput(stream, HEADER);
        out.write(random(100));
        out.fail("the disk is broken");

        var framed = new FramedInput(new ByteArrayInputStream(stream.toByteArray()));
        assertThatThrownBy(framed::readAllBytes).isInstanceOf(IOException.class).hasMessage("the disk is broken");
    }

    @Test
    void noFrameTakesMoreMemoryThanItMay() {
        byte[] huge = {'H', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};

        assertThatThrownBy(() -> new FramedInput(new ByteArrayInputStream(huge)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a frame of 2147483647 bytes");
    }

    private static byte[] sent(byte[] content) throws IOException {
        var stream = new ByteArrayOutputStream();
        var out = new FramedOutput(stream, HEADER);
        out.write(content);
        out.end();
        return stream.toByteArray();
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }
}
