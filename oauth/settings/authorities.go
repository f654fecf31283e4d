package settings

import (
	"fmt"
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

// TrustAuthorities has all clients of oauth.NewHTTPClient in this process take the
// authorities of ca_file, as in force in dir, beside the system's. A program calls
// it when it starts, and where the settings may have changed. What can't be read
// changes nothing; Load then says why.
func TrustAuthorities(dir string) error {
	known, _, err := loadExisting(dir, nil) // renewing tokens needs them
	if err != nil {
		return err
	}
	var pem []byte
	if known.CAFile != "" {
		if pem, err = readAuthorities(known.CAFile); err != nil {
			return fmt.Errorf("ca_file: %w", err) // it was good a moment ago
		}
	}
	return oauth.TrustAlso(pem)
}
