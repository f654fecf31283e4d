package oauth

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const text = "s3cret-t0ken"
	secret := NewSecret(text)
	nested := struct {
		Public  Secret
		private Secret
		List    []Secret
		Map     map[string]Secret
	}{secret, secret, []Secret{secret}, map[string]Secret{"a": secret}}

	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10s"} {
		fmt.Fprintf(&printed, verb+"\n", secret)
		fmt.Fprintf(&printed, verb+"\n", nested)
		fmt.Fprintf(&printed, verb+"\n", &nested)
	}
	slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", "secret", secret, "nested", nested, "private", nested.private)
	slog.New(slog.NewTextHandler(&printed, nil)).Info("x", "secret", secret, "nested", nested)
	asJSON, err := json.Marshal(nested)
	if err != nil {
		t.Fatal(err)
	}
	printed.Write(asJSON)
	fmt.Fprintln(&printed, fmt.Errorf("wrapped: %v", secret), Grant{Token: Token{Access: secret}}, Callback{Code: secret})

	for _, form := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text)} {
		if strings.Contains(printed.String(), form) {
			t.Errorf("printed %q in:\n%s", form, printed.String())
		}
	}
	if !strings.Contains(printed.String(), redacted) || secret.Reveal() != text {
		t.Error("a secret must say that it is one, and give its text when asked")
	}
}
