package io.flocker.agent.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.client.api.Backups;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationUrlTest {
    private static Backups.Destination at(String url) {
        return new Backups.Destination(url, "", "", "", Backups.Login.OF_THE_DAEMON);
    }

    @Test
    void readsFoldersAndBuckets() throws IOException {
        assertThat(DestinationUrl.of(at("file:///mnt/back%20ups/")))
                .isEqualTo(new DestinationUrl.Folder(Path.of("/mnt/back ups")));
        assertThat(DestinationUrl.of(at("file:///mnt/a b+c")))
                .isEqualTo(new DestinationUrl.Folder(Path.of("/mnt/a b+c")));
        assertThat(DestinationUrl.of(at("s3://shop"))).isEqualTo(new DestinationUrl.Bucket("shop", "", "", ""));
        assertThat(DestinationUrl.of(at("s3://shop/a/b/?region=eu-central-1&endpoint=http://10.0.0.1:9000")))
                .isEqualTo(new DestinationUrl.Bucket("shop", "a/b/", "http://10.0.0.1:9000", "eu-central-1"));
    }

    @Test
    void whatIsSaidApartGoesBeforeWhatTheAddressSays() throws IOException {
        var said = new Backups.Destination(
                "s3://shop?region=a&endpoint=http://a", "https://b", "b", "", Backups.Login.OF_THE_DAEMON);
        assertThat(DestinationUrl.of(said)).isEqualTo(new DestinationUrl.Bucket("shop", "", "https://b", "b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://host/x | begins with neither file:// nor s3://",
                "/mnt/x | begins with neither",
                "file://mnt/x | three slashes",
                "file:/// | the root",
                "file:///.. | the root",
                "file:///mnt/%zz | two hexadecimal digits",
                "s3:///x | cannot be a bucket",
                "s3://bu cket/x | cannot be a bucket",
                "s3://shop?endpoint=nowhere | An endpoint is like",
                "s3://shop?endpoint=http://me:secret@host | without credentials",
                "s3://shop?secret=hush | not secret"
            })
    void refusesOthersWithTheReason(String url, String reason) {
        assertThatThrownBy(() -> DestinationUrl.of(at(url)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("hush");
    }
}
