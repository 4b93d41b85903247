"""The samples of the language for the official test suite of Jupyter kernels, and what jupyter_client does beside it.

python suite.py FOLDER runs everything, with the suite's package from FOLDER, and prints one line of JSON for each case:
{"name": "KernelTests.test_error", "outcome": "passed" | "failed" | "skipped", "detail": "..."}.
"""

import json
import sys
import unittest

sys.path.append(sys.argv[1])

import jupyter_kernel_test  # noqa: E402
from jupyter_client.manager import KernelManager, start_new_kernel  # noqa: E402

KERNEL = "tslab"
TIMEOUT = 60
DISPLAY = "(globalThis as any)[Symbol.for('descent.display')]"


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world');"
    code_stderr = "console.error('an error');"
    code_generate_error = "throw new RangeError('as asked');"
    code_clear_output = f"{DISPLAY}.clear();"
    code_inspect_sample = "Math.sqrt"

    completion_samples = [
        {"text": "Math.sqr", "matches": ["sqrt", "SQRT1_2", "SQRT2"]},
        {"text": "JSON.pars", "matches": ["parse"]},
        {"text": "const learningRate = 0.1;\nlearningRat", "matches": ["learningRate"]},
        {"text": "const options = { batchSize: 32 };\noptions.", "matches": ["batchSize"]},
        {"text": "'😀'; Math.cbr", "matches": ["cbrt"]},
        {"text": "nothingOfThisNam", "matches": []},
    ]

    complete_code_samples = [
        "const a = 1;",
        "",
        "function twice(n: number): number {\n  return 2 * n;\n}",
        "const { a, b } = await f()",
        "// only a comment",
    ]
    incomplete_code_samples = ["for (const a of [1]) {", "const a = ", "f(1,", "/* open", "`open", "[1,\n2"]
    invalid_code_samples = ["const = 1", ")", "let a b c", "const a = 'open", "1 +* 2"]

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2, 3].map((n) => n * n)", "result": "[ 1, 4, 9 ]"},
        {"code": "[{ a: 1 }, { a: 2 }]", "mime": "text/html"},
        {
            "code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/markdown': '**two**' }) })",
            "mime": "text/markdown",
            "result": "**two**",
        },
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")

    code_display_data = [
        {"code": f"{DISPLAY}({{ 'text/html': '<b>bold</b>' }});", "mime": "text/html"},
        {"code": "import * as tslab from 'tslab';\ntslab.display.html('<b>bold</b>');", "mime": "text/html"},
        {
            "code": "import { plot } from 'nodeplotlib';\nplot([{ x: [1, 2], y: [3, 4] }]);",
            "mime": "application/vnd.plotly.v1+json",
        },
    ]


class IopubWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL


class ClientTests(unittest.TestCase):
    """What the suite leaves out: the transport over files, and answers of a client that does not name the question."""

    def run_cell(self, kc, code, answers):
        msg_id = kc.execute(code, allow_stdin=True)
        for prompt, answer in answers:
            question = kc.get_stdin_msg(timeout=TIMEOUT)
            self.assertEqual(question["msg_type"], "input_request")
            self.assertEqual(question["content"], {"prompt": prompt, "password": False})
            kc.input(answer)
        printed = ""
        while True:
            message = kc.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return printed

    def test_ipc(self):
        km = KernelManager(kernel_name=KERNEL, transport="ipc")
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        try:
            kc.wait_for_ready(timeout=TIMEOUT)
            self.assertEqual(self.run_cell(kc, "console.log('over ipc')", []), "over ipc\n")
            self.assertTrue(kc.is_alive())
        finally:
            kc.stop_channels()
            km.shutdown_kernel()
        self.assertFalse(km.is_alive())

    def test_input(self):
        km, kc = start_new_kernel(kernel_name=KERNEL)
        try:
            code = "console.log(prompt('First?'), await input('Second?'));"
            self.assertEqual(self.run_cell(kc, code, [("First?", "1"), ("Second?", "2")]), "1 2\n")
        finally:
            kc.stop_channels()
            km.shutdown_kernel()


class Lines(unittest.TestResult):
    """Tells each case as a line of JSON; a case of which a part fails has failed, and one of which a part is skipped
    is skipped."""

    told = None

    def startTest(self, test):
        super().startTest(test)
        self.told = []

    def tell(self, outcome, detail):
        self.told.append((outcome, detail))

    def addError(self, test, err):
        detail = self._exc_info_to_string(err, test)
        # Outside of any case: where a kernel is started or ended for all of them.
        if self.told is None:
            self.write(str(test), "failed", detail)
        else:
            self.tell("failed", detail)

    def addFailure(self, test, err):
        self.tell("failed", self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        self.tell("skipped", reason)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.tell("failed", f"{subtest}\n{self._exc_info_to_string(err, test)}")

    def stopTest(self, test):
        failed = [detail for outcome, detail in self.told if outcome == "failed"]
        skipped = [detail for outcome, detail in self.told if outcome == "skipped"]
        outcome = "failed" if failed else "skipped" if skipped else "passed"
        name = ".".join(test.id().split(".")[-2:])
        self.write(name, outcome, "\n".join(failed or skipped))
        self.told = None

    def write(self, name, outcome, detail):
        print(json.dumps({"name": name, "outcome": outcome, "detail": detail}), flush=True)


if __name__ == "__main__":
    loader = unittest.TestLoader()
    cases = [KernelTests, IopubWelcomeTests, ClientTests]
    unittest.TestSuite(map(loader.loadTestsFromTestCase, cases)).run(Lines())
