package settings

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// checkCAFile reads the file, so that one that is gone or broken is said where it
// is named, and not as a network that can't be reached.
func checkCAFile(text string) (string, error) {
	path := strings.TrimSpace(text)
	_, err := readAuthorities(path)
	return path, err
}

func readAuthorities(path string) ([]byte, error) {
	if !filepath.IsAbs(path) {
		return nil, problem(pathNotWhole)
	}
	pem, err := wholefile.ReadTrusted(path) // whoever writes it can read all that is sent
	if err != nil {
		return nil, fmt.Errorf("%s can't be read: %s", path, cause(err))
	}
	if err := oauth.CheckAuthorities(pem); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return pem, nil
}

// HTTPClient is the client for Egnyte that trusts the authorities of ca_file, as in
// force in dir at each request. If they can't be read, Load says why.
func HTTPClient(dir string) *http.Client {
	return oauth.NewHTTPClient(func() ([]byte, error) { return authorities(dir) })
}

func authorities(dir string) ([]byte, error) {
	known, _, err := loadExisting(dir, nil) // renewing tokens needs them
	if err != nil || known.CAFile == "" {
		return nil, err
	}
	return readAuthorities(known.CAFile)
}
