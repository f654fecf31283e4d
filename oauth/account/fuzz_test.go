package account

import (
	"errors"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// Whatever the keyring gives back, reading it as an item neither falls over nor
// quotes it, and an item is the same after another round.
func FuzzItem(f *testing.F) {
	f.Add(`{"v":1,"stamp":"S","access_token":"a","refresh_token":"r","issued":"2026-03-03T12:00:00Z","expiry":"2026-04-02T12:00:00Z","client_secret":"c"}`)
	f.Add(`{"v":1,"access_token":"a"}`)
	f.Add(`{"v":2,"access_token":"from a newer version"}`)
	f.Add(`a password of another program`)
	f.Fuzz(func(t *testing.T, text string) {
		i, err := unpack(oauth.NewSecret(text))
		if err != nil {
			if len(text) > 8 && strings.Contains(err.Error(), text) {
				t.Fatalf("it quotes the item: %v", err)
			}
			return
		}
		if i.AccessToken == "" {
			t.Fatal("an item without a token")
		}
		secret, err := i.pack()
		if err != nil {
			if trouble := (*keyring.Error)(nil); !errors.As(err, &trouble) && err.Error() == "" {
				t.Fatal(err)
			}
			return // too long, or a time that JSON has no words for
		}
		again, err := unpack(secret)
		if err != nil || !i.Expiry.Equal(again.Expiry) || !i.Issued.Equal(again.Issued) {
			t.Fatalf("%v, %v", err, again)
		}
		again.Expiry, again.Issued = i.Expiry, i.Issued
		if again != i {
			t.Fatal("another item came back")
		}
	})
}

// Whatever the index holds, reading it does not fall over and says what is wrong as an *IndexError; what was read is the same after a write.
func FuzzIndex(f *testing.F) {
	f.Add(`{"version":1,"accounts":[` + "\n" + `{"account":"jsmith@acme.egnyte.com","domain":"acme.egnyte.com","service":"https://egnyte.com","state":"ready","default":true}` + "\n" + "]}\n")
	f.Add(`{"version":1,"accounts":[{"account":"a@b","change":{"removing":true}},{"account":"A@B"}]}`)
	f.Add(`{"version":9,"accounts":null}`)
	f.Add(`{"version":1,"accounts":[` + "\n" + `{"account":"a@acme.b"},` + "\n" + `{"account":"b@acme.b",` + "\n" + "]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		x, err := parseIndex(indexName, []byte(text))
		if err != nil {
			if trouble := (*IndexError)(nil); !errors.As(err, &trouble) {
				t.Fatalf("no *IndexError: %v", err)
			}
			return
		}
		x.arrange()
		data, err := x.encode()
		if err != nil {
			return // a time that JSON has no words for
		}
		again, err := parseIndex(indexName, data)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := again.encode(); err != nil || string(second) != string(data) {
			t.Fatalf("%s became %s, %v", data, second, err)
		}
	})
}
