package io.flocker.agent.backup;

import io.flocker.client.api.Backups;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts what is in one backup: AES-256-GCM under a key that no other backup has, so that
/// numbers can be nonces and none is ever used twice. That key comes from the user's key and a
/// salt of 32 random bytes (HKDF with SHA-256).
final class Seal {
    static final int SALT_BYTES = 32;
    /// How much longer something sealed is.
    static final int TAG_BYTES = 16;

    /// The number of the manifest; chunks count from 0.
    static final long MANIFEST = -1;

    private static final int NONCE_BYTES = 12;
    private static final String CIPHER = "AES/GCM/NoPadding";

    private final SecretKey key;
    private final byte[] about;

    private Seal(SecretKey key, byte[] about) {
        this.key = key;
        this.about = about;
    }

    /// Of one backup.
    ///
    /// @param salt of this backup alone
    /// @param backup its name, so that nothing of it is taken for something of another
    static Seal of(byte[] userKey, byte[] salt, String backup) {
        try {
            SecretKey key = KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "AES",
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(new SecretKeySpec(userKey, "HKDF"))
                                    .addSalt(salt)
                                    .thenExpand(
                                            "flocker backup 1 content".getBytes(StandardCharsets.UTF_8),
                                            Backups.Destination.KEY_BYTES));
            return new Seal(key, backup.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no HKDF-SHA256", e);
        }
    }

    /// The bytes of a user's key.
    ///
    /// @throws IOException if it is not one
    static byte[] key(String base64) throws IOException {
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            if (key.length == Backups.Destination.KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("The key is not in Base64; flocker backup key FILE makes one", e);
        }
        throw new IOException("The key is not of " + Backups.Destination.KEY_BYTES
                + " bytes, in Base64; flocker backup key FILE makes one");
    }

    /// What a key is told apart by from others; tells nothing of the key itself.
    static String fingerprint(byte[] userKey) {
        try {
            byte[] told = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(new SecretKeySpec(userKey, "HKDF"))
                            .thenExpand("flocker backup 1 fingerprint".getBytes(StandardCharsets.UTF_8), Long.BYTES));
            return HexFormat.of().formatHex(told);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no HKDF-SHA256", e);
        }
    }

    /// Encrypts the first `length` bytes of `plain`. Each number is for one use only.
    byte[] close(long number, byte[] plain, int length) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, number).doFinal(plain, 0, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot encrypt with " + CIPHER, e);
        }
    }

    /// @throws IOException if it is not what [#close] made under this number
    byte[] open(long number, byte[] sealed) throws IOException {
        try {
            return cipher(Cipher.DECRYPT_MODE, number).doFinal(sealed);
        } catch (AEADBadTagException e) {
            throw new IOException("it is damaged, or was encrypted with another key", e);
        } catch (GeneralSecurityException e) {
            throw new IOException("it cannot be decrypted: " + e.getMessage(), e);
        }
    }

    private Cipher cipher(int mode, long number) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putLong(4, number).array();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(about);
        return cipher;
    }

    static byte[] sha256(byte[] content) {
        return digest().digest(content);
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        }
    }

    static boolean same(byte[] one, byte[] other) {
        return Arrays.equals(one, other);
    }
}
