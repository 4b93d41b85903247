/** The book's own words in simplified Chinese. */
export const zh: Readonly<Record<string, string>> = {
  // what stands around the text of a page
  'To the text': '跳到正文',
  Pages: '上一课与下一课',
  'Pages, below': '上一课与下一课（页末）',
  Languages: '语言',
  Contents: '目录',
  'On this page': '本页目录',
  'Link to cell {cell}': '指向单元格 {cell} 的链接',
  'show code': '显示代码',
  'How large models learn, in TypeScript notebooks.': '大模型是怎样学习的：一套 TypeScript 笔记本。',
  '{count} minutes': '{count} 分钟',

  // which notebooks run
  'This notebook has not been tried in a page yet. It runs in JupyterLab.':
    '这个笔记本还没有在网页里试过。它可以在 JupyterLab 中运行。',
  'The cells run where a server shows this page: npm run book -- --serve':
    '由服务器提供这个页面时，单元格才能运行：npm run book -- --serve',

  // the bar above the cells
  'This notebook runs in your browser.': '这个笔记本在你的浏览器里运行。',
  '▶ Run all': '▶ 全部运行',
  'Run all cells of this notebook': '全部运行：这个笔记本的所有单元格',
  '■ Stop': '■ 停止',
  'Stop what runs': '停止正在运行的单元格',
  '↻ Measure again': '↻ 重新测量',
  'Run all cells, and measure here what was read from stored results: this takes minutes':
    '运行所有单元格，并在这里重新测量原本从存储的结果里读取的东西：要花几分钟',
  'Run all cells, and measure here what was read from stored results: this takes about {count} minutes':
    '运行所有单元格，并在这里重新测量原本从存储的结果里读取的东西：大约要 {count} 分钟',
  'To measure everything here takes about {count} minutes, on a slow device much longer. Stop ends it at any time. Begin?':
    '在这里全部重新测量，大约要 {count} 分钟，设备慢的话还要久得多。随时可以按“停止”结束。要开始吗？',
  Compute: '计算方式',
  'the fastest way': '最快的',
  'in WebAssembly': '用 WebAssembly',
  'in plain JavaScript': '用纯 JavaScript',
  'on the graphics card (WebGPU)': '用显卡（WebGPU）',
  'The fastest way is WebAssembly: most steps of this course are small, and a graphics card is worth it for large ones alone.':
    '最快的是 WebAssembly：这门课里，训练的一步大多很小；一步要算的很多，用显卡才划算。',
  'WebGPU was chosen, but no graphics card answers.': '选了 WebGPU，但是没有显卡响应。',
  'WebGPU was chosen, but the graphics card does not start.': '选了 WebGPU，但是显卡启动不了。',
  'WebGPU was chosen, but this browser does not let its numbers be read.':
    '选了 WebGPU，但是这个浏览器不让读取它算出的数。',
  'the graphics card is lost': '显卡断开了',
  'a graphics card': '显卡',
  'WebGPU failed ({why}): what the cells had computed is lost. Run them again; the fastest way computes now.':
    'WebGPU 出错了（{why}）：单元格算出的东西都丢了。请重新运行，现在用最快的方式计算。',
  'Another way to compute is chosen: run the cells again.': '换了计算方式：请重新运行单元格。',
  Digits: '手写数字',
  'all ({size} MB)': '全部（{size} MB）',
  'the first {count} ({size} MB)': '前 {count} 个（{size} MB）',
  'Other digits are chosen: run the cells again.': '换了手写数字：请重新运行单元格。',
  'This connection saves data': '这个连接要节省流量',
  'This connection is slow': '这个连接很慢',
  'This device has little memory': '这台设备的内存很小',
  '{why}: all digits are {all} MB, the first {count} are {few} MB. You choose, in this bar.':
    '{why}：全部手写数字要 {all} MB，前 {count} 个只要 {few} MB。由你在这一栏里选择。',
  'Run this cell, and those above it that have not run': '运行这个单元格，以及上面还没有运行过的单元格',
  'Loading {title}: {loaded} of {total} MB.': '正在载入“{title}”：{loaded} / {total} MB。',
  '{parts}.': '{parts}。',
  '{done} of {all} cells have run': '{all} 个单元格中运行了 {done} 个',
  '{count} with an error': '{count} 个出了错',
  '{met} of {of} claims hold in your browser': '{of} 条论断中有 {met} 条在你的浏览器里成立',
  '{met} of {of} claims hold by stored results': '{of} 条论断中有 {met} 条按存储的结果成立',
  '{count} do not apply': '{count} 条不适用',
  '{count} s': '{count} 秒',
  '{count} min': '{count} 分钟',
  'This cell has run for {time}.': '这个单元格已经运行了 {time}。',
  'Step {step} of {steps}.': '第 {step} 步，共 {steps} 步。',
  'Step {step} of {steps}, about {left} to go.': '第 {step} 步，共 {steps} 步，大约还要 {left}。',
  'A knob is turned: run the cells again.': '旋钮转动了：请重新运行单元格。',
  'A knob is turned.': '旋钮转动了。',
  'The cells cannot run here: {why}.': '单元格无法在这里运行：{why}。',
  'the worker does not load': '工作线程载入不了',
  'The cell did not stop, so its worker was ended: what the cells had computed is lost. Run them again.':
    '单元格没有停下来，所以结束了它的工作线程：单元格算出的东西都丢了。请重新运行。',

  // cells, their controls and outputs
  Knobs: '旋钮',
  ': ': '：',
  'cannot be read': '读不懂',
  '{name} {broken}.': '{name} {broken}。',
  'A control that this page does not have.': '这个页面没有这种控件。',
  'It cannot be drawn: {error}': '画不出来：{error}',
  "Cannot import '{id}': a page in a browser has no such module":
    '无法导入“{id}”：浏览器里的页面没有这个模块',

  // editing
  '✎': '✎',
  'Edit this cell': '编辑这个单元格',
  'Reset cell': '恢复原样',
  'Reset cell: put back the code that came with the page': '恢复原样：放回随页面提供的代码',
  'Close editor': '关闭编辑器',
  'Close editor: the cell keeps what you have written': '关闭编辑器：单元格会留住你写的代码',
  'The editor is loading.': '正在载入编辑器。',
  'Code of the cell {id}': '单元格 {id} 的代码',
  'The editor cannot be loaded: {why}. Try again.': '编辑器无法载入：{why}。请再试一次。',
  'Edited by you.': '你改过。',
  'You have edited this cell: its own values count.': '你改过这个单元格：以单元格里的值为准。',
  'The compiler reads what you have changed.': '编译器正在读你改过的代码。',
  'The compiler cannot be loaded: {why}': '编译器无法载入：{why}',
  'it is not kept in this browser, and there is no network': '它没有保存在这个浏览器里，又没有网络',
  'This cell has changed since you edited it. What you had written:':
    '你编辑之后，这个单元格更新过。你原来写的是：',
  'Use what I had written': '用我原来写的',
  'Drop it': '不要了',
  'This cell has been changed in another tab:': '这个单元格在另一个标签页里改过：',
  'Take it over': '采用它',
  "Keep this tab's": '保留本标签页的',
  "Keep this page's": '保留本页的',
  'The notebook is saved with {count} edited cells. Put it into notebooks/ of the course to open it in JupyterLab.':
    '笔记本已保存，其中有 {count} 个改过的单元格。把它放进课程的 notebooks/，就能在 JupyterLab 里打开。',
  'The notebook cannot be saved: {why}.': '笔记本无法保存：{why}。',
  'The imported notebook has an edit of another version of this cell:':
    '载入的笔记本改的是这个单元格的另一个版本：',
  'The imported notebook has another edit of this cell:': '载入的笔记本对这个单元格另有改动：',
  '{count} cells were taken over from the notebook': '从笔记本采用了 {count} 个单元格',
  'The file is not a notebook: nothing was taken over.': '这个文件不是笔记本：什么也没有采用。',
  'The notebook is of an older form, in which cells have no names: save it in a JupyterLab of today.':
    '这个笔记本是旧的格式，单元格没有名字：请用现在的 JupyterLab 保存一次。',
  'The notebook has none of the cells of this page: nothing was taken over.':
    '这个笔记本里没有本页的单元格：什么也没有采用。',
  'My work': '我的改动',
  'Reset all cells': '全部恢复原样',
  'Reset all cells: put back the code of those that you have edited':
    '全部恢复原样：放回你改过的单元格的代码',
  'Put back the code of all cells that you have edited?': '把你改过的所有单元格都恢复原样吗？',
  'Save as a notebook': '存为笔记本',
  'Save as a notebook: with your edits, as a file for JupyterLab':
    '存为笔记本：连同你的改动，存成 JupyterLab 的文件',
  'Load a notebook': '载入笔记本',
  'Load a notebook: take over edits from one that was saved here or in JupyterLab':
    '载入笔记本：采用在这里或在 JupyterLab 里保存的改动',
  'What you write and how far you are is kept in this browser, for this page; in a private window until that is closed.':
    '你写的代码和进度都为本页保存在这个浏览器里；在无痕窗口里，只保存到窗口关闭为止。',
  "Your work is not kept: the browser's storage is full. Save it as a notebook before you close this page.":
    '你的改动没有保存：浏览器的存储空间满了。关闭页面之前，请存为笔记本。',
  'Your work is not kept: this browser does not let the page. Save it as a notebook before you close this page.':
    '你的改动没有保存：这个浏览器不允许。关闭页面之前，请存为笔记本。',
  'This notebook is also open in another tab. What is changed there is shown here, beside the cell.':
    '这个笔记本在另一个标签页里也打开着。那里的改动，会显示在这里的单元格旁边。',
  'What you had written into the cell {id}, which this notebook no longer has:':
    '你在单元格 {id} 里写过的代码；这个笔记本已经没有这个单元格：',
  '{count} of {of} claims held': '{of} 条论断中有 {count} 条成立',
  '{count} of {of} exercises solved': '{of} 道练习中做对 {count} 道',

  // what differs in a page
  'a page installs nothing': '网页什么都不安装',
  'it is of native TensorFlow, and a page computes in WebAssembly':
    '它说的是原生 TensorFlow，网页用 WebAssembly 计算',
  '○ Claim does not apply ({why}): {sentence}': '○ 论断不适用（{why}）：{sentence}',
  'it is of all digits, and the page has the first {count}': '它说的是全部样本，而这个页面只有前 {count} 个',
  '○ Claim does not apply ({why}): {sentence} Measured {measured}; with all digits claimed {bound}.':
    '○ 论断不适用（{why}）：{sentence}测得 {measured}；对全部样本的论断：{bound}。',
  'As chosen in the bar, the page has the first {train} digits to learn from, all to choose by, and every fifth to be judged by, {test}. Claims are of all digits: they do not apply, but for those that stored results alone decide.':
    '按你在栏里的选择，这个页面用来学的是前 {train} 个样本，用来挑选的是全部验证样本，用来评判的是测试样本里每五个取一个，共 {test} 个。论断说的是全部样本，所以不适用；只有完全由存储的结果决定的论断除外。',
  'This cell asks for {asked} digits, and gets the first {count}.':
    '这个单元格要 {asked} 个手写数字，得到的是前 {count} 个。',
  'This cell asks for {asked} test digits, and gets every fifth, {count}.':
    '这个单元格要 {asked} 个测试样本，得到的是每五个取一个，共 {count} 个。',
  'This cell asks for {asked} digits; the page has the first {count}: choose all digits in the bar.':
    '这个单元格要 {asked} 个手写数字，而这个页面只有前 {count} 个：请在栏里选择全部手写数字。',
  "'{name}' asks for {asked} digits; the page has the first {count}: choose all digits in the bar.":
    '“{name}”要 {asked} 个手写数字，而这个页面只有前 {count} 个：请在栏里选择全部手写数字。',
  "'{experiment}' comes with this page: it was measured {where}, with all digits, when the book was made, not here.":
    '“{experiment}”的结果随页面一起提供：它是制作本书时{where}测得的，用的是全部样本，不是在这里测的。',
  "'{experiment}' comes with this page: it was measured {where} when the book was made, not here.":
    '“{experiment}”的结果随页面一起提供：它是制作本书时{where}测得的，不是在这里测的。',
  'with native TensorFlow {version}': '用原生 TensorFlow {version} ',
  'with TensorFlow.js {version} in WebAssembly': '用 WebAssembly 里的 TensorFlow.js {version} ',
  'with TensorFlow.js {version} in plain JavaScript': '用纯 JavaScript 的 TensorFlow.js {version} ',
  'with TensorFlow.js {version} on a graphics card': '用显卡上的 TensorFlow.js {version} ',
  'in plain mathematics': '用纯数学计算',
  'not needed in a page': '网页里不需要',
  'none: {browser} runs this page': '无：运行这个页面的是 {browser}',
  'a browser': '某个浏览器',
  'TensorFlow has not started': 'TensorFlow 还没有启动',
  'comes with the page, and is checked by its SHA-256': '随页面一起提供，并用 SHA-256 核对',

  // files
  'The small GPT': '小 GPT',
  Questions: '问题',
  'The course': '课程',
  Versions: '版本',
  'Trainings made beforehand': '事先做好的训练',
  'Stored results': '存储的结果',
  'A stored result': '一个存储的结果',
  "MNIST's names": 'MNIST 的文件名',
  "The texts' names": '文本的文件名',
  Documents: '文档',
  "Cannot read '{path}': {why}": '无法读取“{path}”：{why}',
  "Cannot examine '{path}': {why}": '无法检查“{path}”：{why}',
  "Cannot list '{path}': {why}": '无法列出“{path}”：{why}',
  'it does not come with this page': '它没有随这个页面一起提供',
  'what {address} sent is damaged: its SHA-256 is not the one it was published with':
    '{address} 送来的内容已损坏：它的 SHA-256 与发布时的不同',
  '{address} cannot be fetched ({why})': '{address} 取不到（{why}）',
  '{address} answers {status}': '{address} 回答 {status}',
  '{address} sends more than was published': '{address} 送来的比发布的多',
  'Cannot load {address}: the server answers {status}': '无法载入 {address}：服务器回答 {status}',
  'Cannot load {address}': '无法载入 {address}',

  // the search
  Search: '搜索',
  'Search the book': '搜索全书',
  'Search for': '搜索内容',
  'Words of the text, or names of the code': '正文里的词，或代码里的名字',
  Close: '关闭',
  'The search works without a network.': '搜索不需要网络。',
  'Nothing found.': '什么也没有找到。',
  '1 passage.': '1 处。',
  '{count} passages.': '{count} 处。',
  '{count} passages; the best {most} are shown.': '{count} 处，显示最相符的 {most} 处。',
  'There is no search now: {why}.': '现在不能搜索：{why}。',
  '{file} cannot be loaded': '{file} 无法载入',
  'Search: cannot be loaded, try again': '搜索：无法载入，请再试一次',

  // keeping the book
  'Kept for reading without a network: {kept} of {of} files.':
    '正在保存，以便没有网络时阅读：{of} 个文件中的 {kept} 个。',
  'The book is kept in this browser, for use without a network; large data are, once a notebook has loaded them.':
    '本书已保存在这个浏览器里，没有网络也能用；大的数据，等笔记本载入过之后才会保存。',
  'Not kept for reading without a network: {why}.': '没有保存，没有网络时不能阅读：{why}。',
  "the browser's storage is full": '浏览器的存储空间满了',
  'the connection was cut; it goes on from there at the next page': '连接中断了；打开下一页时会接着保存',
  'a new version of it is being published; try again in a minute': '正在发布新版本；请过一分钟再试',
  'this browser does not let it (as in a private window)': '这个浏览器不允许（例如在无痕窗口里）',
  'this connection saves data': '这个连接要节省流量',
  'Keep it all the same': '仍然保存',
  'A newer version of the book is there, and could not be kept: {why}. This one stays.':
    '本书有了新版本，但没能保存：{why}。现有的版本继续使用。',
  'A newer version of the book is ready.': '本书的新版本已经准备好。',
  'Reload with it': '载入新版本',
  'The book was updated in another tab. Reload before cells of this page run again.':
    '本书已在另一个标签页里更新。再运行本页的单元格之前，请先重新载入。',
  Reload: '重新载入',
  'Not here': '不在这里',
  'This page is not kept': '这个页面没有保存',
  'There is no network, and the browser does not keep {path}.': '没有网络，而浏览器没有保存 {path}。',

  // Plotly's own words
  'Download plot as a PNG': '将图保存为 PNG',
  Zoom: '缩放',
  Pan: '平移',
  'Reset axes': '重置坐标轴',
  'Double-click to zoom back out': '双击恢复原来的范围',
  'Double-click on legend to isolate one trace': '双击图例只看一条曲线',

  "The browser ended this page while the cell '{cell}' ran, perhaps for want of memory: what the cells had computed is lost.":
    '浏览器在单元格‘{cell}’运行时结束了这个页面，也许是因为内存不够：各单元格算出的结果都丢失了。',

  // what a reader edits
  'This notebook runs in your browser. Before: {before}.': '这个笔记本在你的浏览器里运行。此前：{before}。',
  '{count} stand beside those of this page for you to choose': '有 {count} 个放在本页的单元格旁边，由你选择',
  '{count} are not of this page and were left out': '有 {count} 个不属于这个页面，没有采用',
};
