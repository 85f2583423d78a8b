// Conformance runs cases recorded from Apache Spark and reports how many agree.
package main

import (
	"fmt"
	"os"

	"github.com/tidewheel/tidewheel/internal/conformance"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: conformance DIRECTORY")
		os.Exit(2)
	}
	results, err := conformance.Run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
	if conformance.Report(os.Stdout, results) > 0 {
		os.Exit(1)
	}
}
