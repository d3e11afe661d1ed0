package io.londiste.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads JSON arrays of strings. */
final class JsonList {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonList() {}

    static List<String> strings(String json) {
        List<String> strings = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("not a JSON array: " + json);
            }
            while (parser.nextToken() == JsonToken.VALUE_STRING) {
                strings.add(parser.getText());
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON array: " + json, e);
        }
        return strings;
    }
}
