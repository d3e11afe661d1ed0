package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecordTextTest {
    @Test
    void reads_plain_empty_and_null_fields() {
        assertThat(RecordText.fields("(1,abc,,\"\",t)")).containsExactly("1", "abc", null, "", "t");
    }

    @Test
    void reads_quotes_and_backslashes() {
        assertThat(RecordText.fields("(\"a,b\",\"say \"\"no\"\"\",\"back\\\\slash\",\"(x)\",\"\\\\x00ff\")"))
                .containsExactly("a,b", "say \"no\"", "back\\slash", "(x)", "\\x00ff");
    }

    @Test
    void reads_nested_arrays_and_records() {
        assertThat(RecordText.fields("(\"[2:3]={1,2}\",\"(1,\"\"a \"\"\"\"b\"\"\"\"\"\")\",\"{\"\"k\"\": null}\")"))
                .containsExactly("[2:3]={1,2}", "(1,\"a \"\"b\"\"\")", "{\"k\": null}");
    }

    @Test
    void a_single_null_field_is_a_field() {
        assertThat(RecordText.fields("()")).containsExactly((String) null);
    }

    @Test
    void refuses_what_is_no_record() {
        assertThatThrownBy(() -> RecordText.fields("1,2")).isInstanceOf(IllegalArgumentException.class);
    }
}
