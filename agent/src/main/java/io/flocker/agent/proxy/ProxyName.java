package io.flocker.agent.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Names as HAProxy accepts them: letters, digits, `-`, `.` and `:` stay, every other byte becomes `_` and two hex
/// digits.
final class ProxyName {
    private ProxyName() {}

    static String of(String original) {
        var name = new StringBuilder();
        for (byte b : original.getBytes(StandardCharsets.UTF_8)) {
            boolean stays = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '-' && b <= ':' && b != '/');
            if (stays) {
                name.append((char) b);
            } else {
                name.append(String.format("_%02X", b & 0xff));
            }
        }
        return name.toString();
    }

    /// What [#of] made a name from.
    static String original(String name) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '_') {
                bytes.write(Integer.parseInt(name, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(name.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
